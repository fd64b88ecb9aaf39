/** Column definitions: type, default, key attributes, generation, references. */

import * as K from "../keyword_ids.ts";
import type {
  CheckDefinition,
  ColumnDefault,
  ColumnDefinition,
  ColumnPosition,
  Identifier,
  Option,
  ReferenceAction,
  References,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseType, parseTypeAttribute } from "./ddl_types.ts";
import { parseRoot } from "./expressions.ts";
import { parseOperand } from "./operands.ts";
import { parseOptionValue } from "./options.ts";
import type { Walk } from "./walk.ts";

type Builder = { -readonly [P in keyof ColumnDefinition]: ColumnDefinition[P] };

/** `name type attributes`. */
export function parseColumn(walk: Walk): ColumnDefinition {
  const name = walk.name();
  // A schema and table may qualify the name.
  while (walk.peek() === T.dot) {
    walk.at++;
    walk.takeName();
  }
  return parseColumnAs(walk, name);
}

/** A definition whose name is passed. */
export function parseColumnAs(walk: Walk, name: Identifier): ColumnDefinition {
  const type = parseType(walk);
  const column: Builder = {
    start: name.start,
    end: name.end,
    name,
    type,
    nullable: type.serial ? false : undefined,
    default: undefined,
    onUpdate: undefined,
    autoIncrement: type.serial,
    generated: undefined,
    key: type.serial ? "unique" : undefined,
    references: undefined,
    checks: NONE,
    comment: undefined,
    invisible: false,
    options: NONE,
  };
  while (!walk.done() && (parseTypeAttribute(walk, type) || parseAttribute(walk, column)));
  column.end = walk.lastEnd();
  return column;
}

/** One attribute; false where none is next. */
function parseAttribute(walk: Walk, column: Builder): boolean {
  const start = walk.start();
  switch (walk.word()) {
    case K.NULL:
      walk.at++;
      column.nullable = true;
      return true;
    case K.NOT:
      // NOT NULL; NOT SECONDARY; MariaDB's NOT INVISIBLE.
      walk.at++;
      if (walk.take(K.NULL)) column.nullable = false;
      else if (!walk.take(K.SECONDARY)) walk.unexpected();
      return true;
    case K.DEFAULT:
      column.default = parseDefaultClause(walk);
      return true;
    case K.ON: {
      if (walk.word(1) !== K.UPDATE) return false;
      walk.at += 2;
      parseOperand(walk);
      column.onUpdate = { start, end: walk.endFrom(start) };
      return true;
    }
    case K.AUTO_INCREMENT:
      walk.at++;
      column.autoIncrement = true;
      return true;
    case K.SERIAL:
      // SERIAL DEFAULT VALUE
      walk.at++;
      walk.expect(K.DEFAULT);
      walk.expect(K.VALUE);
      column.autoIncrement = true;
      column.nullable = false;
      column.key = "unique";
      return true;
    case K.UNIQUE:
      walk.at++;
      walk.take(K.KEY);
      column.key = "unique";
      return true;
    case K.PRIMARY:
      walk.at++;
      walk.take(K.KEY);
      column.key = "primary";
      return true;
    case K.KEY:
      walk.at++;
      column.key = "primary";
      return true;
    case K.COMMENT:
      walk.at++;
      walk.takeKind(T.equal);
      column.comment = walk.text();
      return true;
    case K.GENERATED:
    case K.AS:
      return parseGenerated(walk, column);
    case K.REFERENCES:
      column.references = parseReferences(walk);
      return true;
    case K.CONSTRAINT:
    case K.CHECK:
      if (walk.word() === K.CONSTRAINT && !leadsToCheck(walk)) return false;
      column.checks = [...column.checks, parseCheck(walk)];
      return true;
    case K.VISIBLE:
    case K.INVISIBLE:
      column.invisible = walk.word() === K.INVISIBLE;
      walk.at++;
      return true;
    case K.COLUMN_FORMAT:
    case K.STORAGE:
    case K.ENGINE_ATTRIBUTE:
    case K.SECONDARY_ENGINE_ATTRIBUTE:
    case K.COMPRESSED:
    case K.EXTERNAL_FORMAT:
      column.options = [...column.options, parseColumnOption(walk)];
      return true;
    case K.WITH:
    case K.WITHOUT:
      // MariaDB: WITH SYSTEM VERSIONING
      if (walk.word(1) !== K.SYSTEM) return false;
      walk.at += 3;
      return true;
    default:
      return false;
  }
}

function parseColumnOption(walk: Walk): Option {
  const start = walk.start();
  const bare = walk.word() === K.COMPRESSED;
  const name = walk.takeName().text.toUpperCase();
  const value = bare ? { value: "", span: { start, end: walk.endFrom(start) } } : parseOptionValue(walk);
  return { start, end: walk.endFrom(start), name, value: value.value, valueSpan: value.span };
}

/** `DEFAULT value`; DEFAULT is next. */
export function parseDefaultClause(walk: Walk): ColumnDefault {
  const start = walk.start();
  walk.at++;
  const parenthesised = walk.peek() === T.leftParen;
  const expression = walk.root(parseOperand(walk));
  const kind = parenthesised
    ? "expression"
    : expression.type === "null"
    ? "null"
    : expression.type === "call"
    ? "function"
    : "literal";
  return { start, end: walk.endFrom(start), kind, expression };
}

/** `[GENERATED ALWAYS] AS (expression) [VIRTUAL | STORED]`; also MariaDB's row start and end. */
function parseGenerated(walk: Walk, column: Builder): boolean {
  if (walk.take(K.GENERATED)) walk.takeSpelled("ALWAYS");
  walk.expect(K.AS);
  if (walk.take(K.ROW)) {
    // GENERATED ALWAYS AS ROW START
    if (!walk.done()) walk.at++;
    return true;
  }
  const expression = parseRoot(walk);
  const stored = walk.take(K.STORED) || walk.takeSpelled("PERSISTENT");
  if (!stored) walk.take(K.VIRTUAL);
  column.generated = { stored, expression };
  return true;
}

function leadsToCheck(walk: Walk): boolean {
  return walk.word(1) === K.CHECK || walk.isName(1) && walk.word(2) === K.CHECK;
}

/** `[CONSTRAINT [name]] CHECK (expression) [[NOT] ENFORCED]`. */
export function parseCheck(walk: Walk): CheckDefinition {
  const start = walk.start();
  let constraint: Identifier | undefined;
  if (walk.take(K.CONSTRAINT)) {
    if (walk.word() === K.IF) walk.at += 3;
    if (walk.word() !== K.CHECK) constraint = walk.name();
  }
  walk.expect(K.CHECK);
  const expression = parseRoot(walk);
  let enforced = true;
  if (walk.take2(K.NOT, K.ENFORCED)) enforced = false;
  else walk.take(K.ENFORCED);
  return { kind: "check", start, end: walk.endFrom(start), constraint, expression, enforced };
}

/** `REFERENCES table (columns) MATCH x ON DELETE x ON UPDATE x`; REFERENCES is next. */
export function parseReferences(walk: Walk): References {
  const start = walk.start();
  walk.at++;
  const table = walk.objectName();
  const columns = walk.peek() === T.leftParen ? walk.nameList() : NONE;
  let match: string | undefined;
  let onDelete: ReferenceAction | undefined;
  let onUpdate: ReferenceAction | undefined;
  for (;;) {
    if (walk.take(K.MATCH)) {
      match = walk.done() ? undefined : walk.takeName().key;
    } else if (walk.word() === K.ON && (walk.word(1) === K.DELETE || walk.word(1) === K.UPDATE)) {
      const deletes = walk.word(1) === K.DELETE;
      walk.at += 2;
      const action = parseAction(walk);
      if (deletes) onDelete = action;
      else onUpdate = action;
    } else break;
  }
  return { start, end: walk.endFrom(start), table, columns, onDelete, onUpdate, match };
}

function parseAction(walk: Walk): ReferenceAction | undefined {
  if (walk.take(K.RESTRICT)) return "restrict";
  if (walk.take(K.CASCADE)) return "cascade";
  if (walk.take2(K.SET, K.NULL)) return "set-null";
  if (walk.take2(K.SET, K.DEFAULT)) return "set-default";
  if (walk.take2(K.NO, K.ACTION)) return "no-action";
  walk.unexpected();
  return undefined;
}

/** FIRST or AFTER name where it is next. */
export function parsePosition(walk: Walk): ColumnPosition | undefined {
  const start = walk.start();
  if (walk.take(K.FIRST)) return { start, end: walk.endFrom(start), first: true, after: undefined };
  if (!walk.take(K.AFTER)) return undefined;
  const after = walk.name();
  return { start, end: walk.endFrom(start), first: false, after };
}
