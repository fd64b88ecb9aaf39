/** SET: variables, names, transaction characteristics. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  Expression,
  SetDetail,
  SetItem,
  SetTransactionDetail,
  Statement,
  VariableScope,
} from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expressions.ts";
import type { ParsedDetail } from "./facts.ts";
import { column, parseOperand, systemVariable, VARIABLE_SCOPES } from "./operands.ts";
import { P } from "./operators.ts";
import { parseSetPassword, parseSetRole } from "./users.ts";

/** SET is next. `inner` analyses what MariaDB's SET STATEMENT ... FOR is about. */
export function parseSet(cursor: Cursor, inner: () => Statement): ParsedDetail {
  cursor.at++;
  const word = cursor.word();
  const plain = cursor.peek(1) !== T.equal && cursor.peek(1) !== T.assign;
  if (word === K.PASSWORD) return parseSetPassword(cursor);
  if (word === K.ROLE && plain || word === K.DEFAULT && cursor.word(1) === K.ROLE) {
    return parseSetRole(cursor);
  }
  if (word === K.RESOURCE && cursor.word(1) === K.GROUP) {
    cursor.at += 2;
    const name = cursor.objectName();
    cursor.skipRest();
    return { kind: "set-resource-group", name };
  }
  const scoped = scopeOf(word) !== undefined && cursor.word(1) === K.TRANSACTION;
  if (scoped || word === K.TRANSACTION && plain) return parseSetTransaction(cursor);
  const statement = cursor.spelled("STATEMENT") && plain;
  if (statement) cursor.at++;
  cursor.clause = "set";
  const items: SetItem[] = [];
  do {
    const item = parseItem(cursor);
    if (item === undefined) break;
    if (!isLocal(cursor, item)) items.push(item);
  } while (cursor.takeKind(T.comma));
  const detail: SetDetail = {
    kind: "set",
    items,
    inner: statement && cursor.take(K.FOR) ? inner() : undefined,
  };
  return detail;
}

/** Whether an item assigns a stored program's own variable or a trigger's row, which sets nothing of the session. */
function isLocal({ options: { locals } }: Cursor, { target, scope, name }: SetItem): boolean {
  if (locals === undefined || target !== "system" || scope !== undefined) return false;
  return locals.has(name) || name.startsWith("new.") && locals.has("new.");
}

function scopeOf(word: number): VariableScope | undefined {
  switch (word) {
    case K.GLOBAL:
      return "global";
    case K.SESSION:
    case K.LOCAL:
      return "session";
    case K.PERSIST:
      return "persist";
    case K.PERSIST_ONLY:
      return "persist_only";
    default:
      return undefined;
  }
}

/** One item; a scope's word holds for its own item alone. */
function parseItem(cursor: Cursor): SetItem | undefined {
  const start = cursor.start();
  if (cursor.word() === K.NAMES && cursor.peek(1) !== T.equal) return parseNames(cursor, start, "names");
  if (
    cursor.word() === K.CHARSET && cursor.peek(1) !== T.equal || cursor.word() === K.CHARACTER ||
    cursor.word() === K.CHAR
  ) {
    return parseNames(cursor, start, "charset");
  }
  let scope = scopeOf(cursor.word());
  if (scope !== undefined && cursor.peek(1) !== T.equal && cursor.peek(1) !== T.assign) cursor.at++;
  else scope = undefined;
  if (cursor.done()) {
    cursor.unexpected();
    return undefined;
  }
  const nameStart = cursor.start();
  let target: SetItem["target"] = "system";
  let name: string;
  if (cursor.peek() === T.userVariable) {
    target = "user";
    name = userVariableName(cursor);
  } else if (cursor.peek() === T.systemVariable) {
    const read = cursor.variables.length;
    const node = systemVariable(cursor);
    cursor.variables.length = read;
    name = node.type === "variable" ? node.name : "";
    if (node.type === "variable") scope = node.scope ?? scope;
  } else {
    const parts = [cursor.name()];
    while (cursor.peek() === T.dot) {
      cursor.at++;
      parts.push(cursor.takeName());
    }
    const first = parts.length > 1 ? VARIABLE_SCOPES[parts[0]!.key] : undefined;
    if (first !== undefined) {
      scope = first;
      parts.shift();
    }
    name = parts.map((part) => part.key).join(".");
  }
  const nameSpan = { start: nameStart, end: cursor.lastEnd() };
  if (!cursor.takeKind(T.equal) && !cursor.takeKind(T.assign)) {
    cursor.unexpected();
    return undefined;
  }
  const value = parseValue(cursor);
  return { start, end: cursor.endFrom(start), target, scope, name, nameSpan, value, collation: undefined };
}

/** The name of a user variable; `:=` after it is no expression's. */
function userVariableName(cursor: Cursor): string {
  const written = cursor.takeName().text;
  return written.replace(/^@['"`]?/, "").replace(/['"`]$/, "").toLowerCase();
}

/** A value, where bare words that are reserved (ON, ALL, BINARY) may stand. */
function parseValue(cursor: Cursor): Expression {
  const next = cursor.peek(1);
  const alone = next === T.end || next === T.comma || cursor.word(1) === K.FOR;
  if (cursor.peek() === T.keyword && alone && !LITERALS.has(cursor.word())) {
    return cursor.root(column(cursor, undefined, undefined, cursor.takeName()));
  }
  return cursor.root(parseExpression(cursor, P.lowest));
}

/** Words that are values of their own. */
const LITERALS: ReadonlySet<number> = new Set([
  K.NULL,
  K.TRUE,
  K.FALSE,
  K.DEFAULT,
  K.CURRENT_TIMESTAMP,
  K.CURRENT_DATE,
  K.CURRENT_TIME,
  K.CURRENT_USER,
]);

/** `NAMES x [COLLATE y]`, `CHARACTER SET x`, `CHAR SET x`, `CHARSET x`. */
function parseNames(cursor: Cursor, start: number, target: "names" | "charset"): SetItem {
  const nameStart = cursor.start();
  if (cursor.take(K.CHARACTER) || cursor.take(K.CHAR)) cursor.expect(K.SET);
  else cursor.at++;
  const nameSpan = { start: nameStart, end: cursor.lastEnd() };
  const value = cursor.peek() === T.keyword && cursor.word() !== K.DEFAULT
    ? cursor.root(column(cursor, undefined, undefined, cursor.takeName()))
    : cursor.root(parseOperand(cursor));
  const collation = cursor.take(K.COLLATE) ? cursor.nameOrText().key : undefined;
  const name = target === "names" ? "names" : "charset";
  return { start, end: cursor.endFrom(start), target, scope: undefined, name, nameSpan, value, collation };
}

/** `[scope] TRANSACTION characteristics`. */
function parseSetTransaction(cursor: Cursor): SetTransactionDetail {
  const scope = scopeOf(cursor.word());
  if (scope !== undefined) cursor.at++;
  cursor.at++;
  let isolation: SetTransactionDetail["isolation"];
  let isolationSpan: SetTransactionDetail["isolationSpan"];
  let access: SetTransactionDetail["access"];
  do {
    const start = cursor.start();
    if (cursor.take2(K.ISOLATION, K.LEVEL)) {
      isolation = parseIsolation(cursor);
      isolationSpan = { start, end: cursor.endFrom(start) };
    } else if (cursor.take(K.READ)) {
      access = cursor.take(K.ONLY) ? "read-only" : cursor.expect(K.WRITE) ? "read-write" : undefined;
    } else {
      cursor.unexpected();
    }
  } while (cursor.takeKind(T.comma));
  const reach = scope === "global" || scope === "session" ? scope : undefined;
  return { kind: "set-transaction", scope: reach, isolation, isolationSpan, access };
}

function parseIsolation(cursor: Cursor): SetTransactionDetail["isolation"] {
  if (cursor.take2(K.READ, K.UNCOMMITTED)) return "read-uncommitted";
  if (cursor.take2(K.READ, K.COMMITTED)) return "read-committed";
  if (cursor.take2(K.REPEATABLE, K.READ)) return "repeatable-read";
  if (cursor.expect(K.SERIALIZABLE)) return "serializable";
  return undefined;
}
