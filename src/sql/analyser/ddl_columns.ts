/** Column definitions: type, default, key attributes, generation, references. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
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
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { isType, parseType, parseTypeAttribute } from "./ddl_types.ts";
import { parseRoot } from "./expressions.ts";
import { parseOperand } from "./operands.ts";
import { parseOptionValue } from "./options.ts";

type Builder = { -readonly [P in keyof ColumnDefinition]: ColumnDefinition[P] };

/** `name type attributes`. */
export function parseColumn(cursor: Cursor): ColumnDefinition {
  const name = cursor.name();
  // A schema and table may qualify the name.
  while (cursor.peek() === T.dot) {
    cursor.at++;
    cursor.takeName();
  }
  return parseColumnAs(cursor, name);
}

/** A definition whose name is passed. */
export function parseColumnAs(cursor: Cursor, name: Identifier): ColumnDefinition {
  const type = parseType(cursor);
  if (!isType(type.name)) {
    cursor.problem("unexpected-token", type.start, type.start + type.written.length, "Unknown data type");
  }
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
  while (!cursor.done() && (parseTypeAttribute(cursor, type) || parseAttribute(cursor, column)));
  column.end = cursor.lastEnd();
  return column;
}

/** One attribute; false where none is next. */
function parseAttribute(cursor: Cursor, column: Builder): boolean {
  const start = cursor.start();
  switch (cursor.word()) {
    case K.NULL:
      cursor.at++;
      column.nullable = true;
      return true;
    case K.NOT:
      // NOT NULL; NOT SECONDARY; MariaDB's NOT INVISIBLE.
      cursor.at++;
      if (cursor.take(K.NULL)) column.nullable = false;
      else if (!cursor.take(K.SECONDARY)) cursor.unexpected();
      return true;
    case K.DEFAULT:
      column.default = parseDefaultClause(cursor);
      return true;
    case K.ON: {
      if (cursor.word(1) !== K.UPDATE) return false;
      cursor.at += 2;
      parseOperand(cursor);
      column.onUpdate = { start, end: cursor.endFrom(start) };
      return true;
    }
    case K.AUTO_INCREMENT:
      cursor.at++;
      column.autoIncrement = true;
      return true;
    case K.SERIAL:
      // SERIAL DEFAULT VALUE
      cursor.at++;
      cursor.expect(K.DEFAULT);
      cursor.expect(K.VALUE);
      column.autoIncrement = true;
      column.nullable = false;
      column.key = "unique";
      return true;
    case K.UNIQUE:
      cursor.at++;
      cursor.take(K.KEY);
      column.key = "unique";
      return true;
    case K.PRIMARY:
      cursor.at++;
      cursor.take(K.KEY);
      column.key = "primary";
      return true;
    case K.KEY:
      cursor.at++;
      column.key = "primary";
      return true;
    case K.COMMENT:
      cursor.at++;
      cursor.takeKind(T.equal);
      column.comment = cursor.text();
      return true;
    case K.GENERATED:
    case K.AS:
      return parseGenerated(cursor, column);
    case K.REFERENCES:
      column.references = parseReferences(cursor);
      return true;
    case K.CONSTRAINT:
    case K.CHECK:
      if (cursor.word() === K.CONSTRAINT && !leadsToCheck(cursor)) return false;
      column.checks = [...column.checks, parseCheck(cursor)];
      return true;
    case K.VISIBLE:
    case K.INVISIBLE:
      column.invisible = cursor.word() === K.INVISIBLE;
      cursor.at++;
      return true;
    case K.COLUMN_FORMAT:
    case K.STORAGE:
    case K.ENGINE_ATTRIBUTE:
    case K.SECONDARY_ENGINE_ATTRIBUTE:
    case K.COMPRESSED:
    case K.EXTERNAL_FORMAT:
      column.options = [...column.options, parseColumnOption(cursor)];
      return true;
    case K.WITH:
    case K.WITHOUT:
      // MariaDB: WITH SYSTEM VERSIONING
      if (cursor.word(1) !== K.SYSTEM) return false;
      cursor.at += 3;
      return true;
    default:
      return false;
  }
}

function parseColumnOption(cursor: Cursor): Option {
  const start = cursor.start();
  const bare = cursor.word() === K.COMPRESSED;
  const name = cursor.takeName().text.toUpperCase();
  const value = bare ? { value: "", span: { start, end: cursor.endFrom(start) } } : parseOptionValue(cursor);
  return { start, end: cursor.endFrom(start), name, value: value.value, valueSpan: value.span };
}

/** `DEFAULT value`; DEFAULT is next. */
export function parseDefaultClause(cursor: Cursor): ColumnDefault {
  const start = cursor.start();
  cursor.at++;
  const parenthesised = cursor.peek() === T.leftParen;
  const expression = cursor.root(parseOperand(cursor));
  const kind = parenthesised
    ? "expression"
    : expression.type === "null"
    ? "null"
    : expression.type === "call"
    ? "function"
    : "literal";
  return { start, end: cursor.endFrom(start), kind, expression };
}

/** `[GENERATED ALWAYS] AS (expression) [VIRTUAL | STORED]`; also MariaDB's row start and end. */
function parseGenerated(cursor: Cursor, column: Builder): boolean {
  if (cursor.take(K.GENERATED)) cursor.takeSpelled("ALWAYS");
  cursor.expect(K.AS);
  if (cursor.take(K.ROW)) {
    // GENERATED ALWAYS AS ROW START
    if (!cursor.done()) cursor.at++;
    return true;
  }
  const expression = parseRoot(cursor);
  const stored = cursor.take(K.STORED) || cursor.takeSpelled("PERSISTENT");
  if (!stored) cursor.take(K.VIRTUAL);
  column.generated = { stored, expression };
  return true;
}

function leadsToCheck(cursor: Cursor): boolean {
  return cursor.word(1) === K.CHECK || cursor.isName(1) && cursor.word(2) === K.CHECK;
}

/** `[CONSTRAINT [name]] CHECK (expression) [[NOT] ENFORCED]`. */
export function parseCheck(cursor: Cursor): CheckDefinition {
  const start = cursor.start();
  let constraint: Identifier | undefined;
  if (cursor.take(K.CONSTRAINT)) {
    if (cursor.word() === K.IF) cursor.at += 3;
    if (cursor.word() !== K.CHECK) constraint = cursor.name();
  }
  cursor.expect(K.CHECK);
  const expression = parseRoot(cursor);
  let enforced = true;
  if (cursor.take2(K.NOT, K.ENFORCED)) enforced = false;
  else cursor.take(K.ENFORCED);
  return { kind: "check", start, end: cursor.endFrom(start), constraint, expression, enforced };
}

/** `REFERENCES table (columns) MATCH x ON DELETE x ON UPDATE x`; REFERENCES is next. */
export function parseReferences(cursor: Cursor): References {
  const start = cursor.start();
  cursor.at++;
  const table = cursor.objectName();
  cursor.readTable(table);
  const columns = cursor.peek() === T.leftParen ? cursor.nameList() : NONE;
  let match: string | undefined;
  let onDelete: ReferenceAction | undefined;
  let onUpdate: ReferenceAction | undefined;
  for (;;) {
    if (cursor.take(K.MATCH)) {
      match = cursor.done() ? undefined : cursor.takeName().key;
    } else if (cursor.word() === K.ON && (cursor.word(1) === K.DELETE || cursor.word(1) === K.UPDATE)) {
      const deletes = cursor.word(1) === K.DELETE;
      cursor.at += 2;
      const action = parseAction(cursor);
      if (deletes) onDelete = action;
      else onUpdate = action;
    } else break;
  }
  return { start, end: cursor.endFrom(start), table, columns, onDelete, onUpdate, match };
}

function parseAction(cursor: Cursor): ReferenceAction | undefined {
  if (cursor.take(K.RESTRICT)) return "restrict";
  if (cursor.take(K.CASCADE)) return "cascade";
  if (cursor.take2(K.SET, K.NULL)) return "set-null";
  if (cursor.take2(K.SET, K.DEFAULT)) return "set-default";
  if (cursor.take2(K.NO, K.ACTION)) return "no-action";
  cursor.unexpected();
  return undefined;
}

/** FIRST or AFTER name where it is next. */
export function parsePosition(cursor: Cursor): ColumnPosition | undefined {
  const start = cursor.start();
  if (cursor.take(K.FIRST)) return { start, end: cursor.endFrom(start), first: true, after: undefined };
  if (!cursor.take(K.AFTER)) return undefined;
  const after = cursor.name();
  return { start, end: cursor.endFrom(start), first: false, after };
}
