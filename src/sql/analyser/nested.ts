/**
 * Statements that run as part of another: the text that is prepared or executed, what SET STATEMENT is FOR, and the bodies of
 * stored programs and compound statements.
 */

import { knownText, NOTHING_KNOWN } from "../condition/known_text.ts";
import { tokenize } from "../lexer/lexer.ts";
import { inSchema, type SqlOptions } from "../options.ts";
import type { NestedStatement, ProgramDetail, Span, Statement } from "../statement.ts";
import { analyse } from "./analyse.ts";
import { NONE } from "./block.ts";
import { type BodyOptions, bodyStatements } from "./body_statements.ts";
import type { ParsedDetail } from "./facts.ts";

/** Text within text is followed this far: quotes double with each level, so nobody writes more. What lies deeper is unread. */
const MAX_LEVELS = 3;

/** A statement's span and the bytes that all its spans point into. */
interface Located extends Span {
  readonly bytes: Uint8Array;
}

/** The statements nested in one that itself lies within `level` others; none for all but a few kinds. */
export function nestedStatements(
  detail: ParsedDetail,
  whole: Located,
  options: SqlOptions,
  level: number,
): readonly NestedStatement[] {
  if (detail.kind === "set") {
    return detail.inner === undefined ? NONE : [placed(detail.inner, detail.inner)];
  }
  switch (detail.kind) {
    case "compound":
      return ofBody(whole.bytes, whole, options, { level: level + 1 });
    case "create-procedure":
    case "create-function":
    case "create-trigger":
    case "create-event":
    case "alter-event":
    case "create-package":
      return detail.body === undefined
        ? NONE
        : ofBody(whole.bytes, detail.body, inSchema(options, schemaOf(detail)), {
          level: level + 1,
          locals: localsOf(detail),
        });
    case "prepare":
    case "execute-immediate": {
      if (detail.text !== undefined) return ofText(detail.text.value, detail.text, options, level + 1);
      const value = detail.from === undefined ? undefined : knownText(detail.from, NOTHING_KNOWN);
      return value === undefined ? NONE : ofText(value, detail.from!, options, level + 1);
    }
    case "call": {
      // MySQL's own procedure that prepares and executes what it is given.
      if (detail.routine.name.key !== "execute_prepared_stmt") return NONE;
      const [argument] = detail.args;
      const value = argument === undefined ? undefined : knownText(argument, NOTHING_KNOWN);
      return value === undefined ? NONE : ofText(value, argument!, options, level + 1);
    }
    default:
      return NONE;
  }
}

/** Parameters, and the rows that a trigger has. */
function localsOf({ parameters, triggerEvent }: ProgramDetail): readonly string[] {
  if (triggerEvent === undefined) return parameters;
  return triggerEvent === "insert" ? ["new."] : triggerEvent === "delete" ? ["old."] : ["old.", "new."];
}

/** The schema that a stored program runs in, whatever the current one is; empty for the current one. */
function schemaOf({ name, table }: ProgramDetail): string {
  return (table?.schema ?? name.schema)?.text ?? "";
}

function placed(statement: Statement, { start, end }: Span): NestedStatement {
  return { start, end, statement };
}

function ofText(text: string, span: Span, options: SqlOptions, level: number): readonly NestedStatement[] {
  const bytes = new TextEncoder().encode(text);
  if (level > MAX_LEVELS) return [placed(unread(bytes, options), span)];
  return [placed(analyse(bytes, tokenize(bytes, options), options, { level }), span)];
}

function ofBody(
  source: Uint8Array,
  span: Span,
  options: SqlOptions,
  inside: BodyOptions,
): readonly NestedStatement[] {
  if (inside.level <= MAX_LEVELS) return bodyStatements(source, span, options, inside);
  return [placed(unread(source.subarray(span.start, span.end), options), span)];
}

function unread(bytes: Uint8Array, options: SqlOptions): Statement {
  return analyse(bytes, tokenize(bytes, options), options, { as: "unread" });
}
