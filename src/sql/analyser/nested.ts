/**
 * Statements that run as part of another: the text that is prepared or executed, what SET STATEMENT is FOR, and the bodies of
 * stored programs and compound statements.
 */

import { tokenize } from "../lexer/lexer.ts";
import { inSchema, type SqlOptions } from "../options.ts";
import type { NestedStatement, ProgramDetail, Span } from "../statement.ts";
import { analyse } from "./analyse.ts";
import { NONE } from "./block.ts";
import { bodyStatements } from "./body_statements.ts";
import type { ParsedDetail } from "./facts.ts";
import { foldConstant, statementTextOf } from "../condition/fold.ts";

/** Text within text is followed this far: quotes double with each level, so nobody writes more. */
const MAX_LEVELS = 3;

/** Levels being followed at this moment. */
let level = 0;

/** The statements nested in one; none for all but a few kinds. */
export function nestedStatements(
  detail: ParsedDetail,
  options: SqlOptions,
  source: Uint8Array,
  whole: Span,
): readonly NestedStatement[] {
  switch (detail.kind) {
    case "compound":
      return ofBody(source, whole, options);
    case "create-procedure":
    case "create-function":
    case "create-trigger":
    case "create-event":
    case "alter-event":
    case "create-package":
      return detail.body === undefined
        ? NONE
        : ofBody(source, detail.body, inSchema(options, schemaOf(detail)));
    case "set":
      return detail.inner === undefined ? NONE : [placed(detail.inner, detail.inner)];
    case "prepare":
    case "execute-immediate": {
      if (detail.text !== undefined) return ofText(detail.text.value, detail.text, options);
      const value = detail.from === undefined ? undefined : statementTextOf(foldConstant(detail.from));
      return value === undefined ? NONE : ofText(value, detail.from!, options);
    }
    case "call": {
      // MySQL's own procedure that prepares and executes what it is given.
      if (detail.routine.name.key !== "execute_prepared_stmt") return NONE;
      const [argument] = detail.args;
      const value = argument === undefined ? undefined : statementTextOf(foldConstant(argument));
      return value === undefined ? NONE : ofText(value, argument!, options);
    }
    default:
      return NONE;
  }
}

/** The schema that a stored program runs in, whatever the current one is; empty for the current one. */
function schemaOf({ name, table }: ProgramDetail): string {
  return (table?.schema ?? name.schema)?.text ?? "";
}

function placed(statement: NestedStatement["statement"], { start, end }: Span): NestedStatement {
  return { start, end, statement };
}

function ofBody(source: Uint8Array, span: Span, options: SqlOptions): readonly NestedStatement[] {
  if (level >= MAX_LEVELS) return NONE;
  level++;
  try {
    const statements = bodyStatements(source, span, options);
    for (const { statement } of statements) void statement.nested;
    return statements;
  } finally {
    level--;
  }
}

function ofText(text: string, span: Span, options: SqlOptions): readonly NestedStatement[] {
  if (level >= MAX_LEVELS) return NONE;
  const bytes = new TextEncoder().encode(text);
  level++;
  try {
    const statement = analyse(bytes, tokenize(bytes, options), options);
    // What it nests itself is worked out now, while its level is known.
    void statement.nested;
    return [placed(statement, span)];
  } finally {
    level--;
  }
}
