/** SET: variables, names, transaction characteristics. */

import * as K from "../keyword_ids.ts";
import type {
  Expression,
  SetDetail,
  SetItem,
  SetTransactionDetail,
  Statement,
  VariableScope,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { parseExpression } from "./expressions.ts";
import type { PlainDetail } from "./facts.ts";
import { column, parseOperand, systemVariable, VARIABLE_SCOPES } from "./operands.ts";
import { P } from "./operators.ts";
import { parseSetPassword, parseSetRole } from "./users.ts";
import type { Walk } from "./walk.ts";

/** SET is next. `inner` analyses what MariaDB's SET STATEMENT ... FOR is about. */
export function parseSet(walk: Walk, inner: () => Statement): PlainDetail {
  walk.at++;
  const word = walk.word();
  const plain = walk.peek(1) !== T.equal && walk.peek(1) !== T.assign;
  if (word === K.PASSWORD) return parseSetPassword(walk);
  if (word === K.ROLE && plain || word === K.DEFAULT && walk.word(1) === K.ROLE) return parseSetRole(walk);
  if (word === K.RESOURCE && walk.word(1) === K.GROUP) {
    walk.at += 2;
    const name = walk.objectName();
    walk.at = walk.stop;
    return { kind: "set-resource-group", name };
  }
  const scoped = scopeOf(word) !== undefined && walk.word(1) === K.TRANSACTION;
  if (scoped || word === K.TRANSACTION && plain) return parseSetTransaction(walk);
  const statement = walk.spelled("STATEMENT") && plain;
  if (statement) walk.at++;
  walk.clause = "set";
  const items: SetItem[] = [];
  do {
    const item = parseItem(walk);
    if (item === undefined) break;
    items.push(item);
  } while (walk.takeKind(T.comma));
  const detail: SetDetail = {
    kind: "set",
    items,
    inner: statement && walk.take(K.FOR) ? inner() : undefined,
  };
  return detail;
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
function parseItem(walk: Walk): SetItem | undefined {
  const start = walk.start();
  if (walk.word() === K.NAMES && walk.peek(1) !== T.equal) return parseNames(walk, start, "names");
  if (
    walk.word() === K.CHARSET && walk.peek(1) !== T.equal || walk.word() === K.CHARACTER ||
    walk.word() === K.CHAR
  ) {
    return parseNames(walk, start, "charset");
  }
  let scope = scopeOf(walk.word());
  if (scope !== undefined && walk.peek(1) !== T.equal && walk.peek(1) !== T.assign) walk.at++;
  else scope = undefined;
  if (walk.done()) {
    walk.unexpected();
    return undefined;
  }
  const nameStart = walk.start();
  let target: SetItem["target"] = "system";
  let name: string;
  if (walk.peek() === T.userVariable) {
    target = "user";
    name = userVariableName(walk);
  } else if (walk.peek() === T.systemVariable) {
    const read = walk.variables.length;
    const node = systemVariable(walk);
    walk.variables.length = read;
    name = node.type === "variable" ? node.name : "";
    if (node.type === "variable") scope = node.scope ?? scope;
  } else {
    const parts = [walk.name()];
    while (walk.peek() === T.dot) {
      walk.at++;
      parts.push(walk.takeName());
    }
    const first = parts.length > 1 ? VARIABLE_SCOPES[parts[0]!.key] : undefined;
    if (first !== undefined) {
      scope = first;
      parts.shift();
    }
    name = parts.map((part) => part.key).join(".");
  }
  const nameSpan = { start: nameStart, end: walk.lastEnd() };
  if (!walk.takeKind(T.equal) && !walk.takeKind(T.assign)) {
    walk.unexpected();
    return undefined;
  }
  const value = parseValue(walk);
  return { start, end: walk.endFrom(start), target, scope, name, nameSpan, value, collation: undefined };
}

/** The name of a user variable; `:=` after it is no expression's. */
function userVariableName(walk: Walk): string {
  const written = walk.takeName().text;
  return written.replace(/^@['"`]?/, "").replace(/['"`]$/, "").toLowerCase();
}

/** A value, where bare words that are reserved (ON, ALL, BINARY) may stand. */
function parseValue(walk: Walk): Expression {
  const next = walk.peek(1);
  const alone = next === T.end || next === T.comma || walk.word(1) === K.FOR;
  if (walk.peek() === T.keyword && alone && !LITERALS.has(walk.word())) {
    return walk.root(column(walk, undefined, undefined, walk.takeName()));
  }
  return walk.root(parseExpression(walk, P.lowest));
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
function parseNames(walk: Walk, start: number, target: "names" | "charset"): SetItem {
  const nameStart = walk.start();
  if (walk.take(K.CHARACTER) || walk.take(K.CHAR)) walk.expect(K.SET);
  else walk.at++;
  const nameSpan = { start: nameStart, end: walk.lastEnd() };
  const value = walk.peek() === T.keyword && walk.word() !== K.DEFAULT
    ? walk.root(column(walk, undefined, undefined, walk.takeName()))
    : walk.root(parseOperand(walk));
  const collation = walk.take(K.COLLATE) ? walk.nameOrText().key : undefined;
  const name = target === "names" ? "names" : "charset";
  return { start, end: walk.endFrom(start), target, scope: undefined, name, nameSpan, value, collation };
}

/** `[scope] TRANSACTION characteristics`. */
function parseSetTransaction(walk: Walk): SetTransactionDetail {
  const scope = scopeOf(walk.word());
  if (scope !== undefined) walk.at++;
  walk.at++;
  let isolation: SetTransactionDetail["isolation"];
  let isolationSpan: SetTransactionDetail["isolationSpan"];
  let access: SetTransactionDetail["access"];
  do {
    const start = walk.start();
    if (walk.take2(K.ISOLATION, K.LEVEL)) {
      isolation = parseIsolation(walk);
      isolationSpan = { start, end: walk.endFrom(start) };
    } else if (walk.take(K.READ)) {
      access = walk.take(K.ONLY) ? "read-only" : walk.expect(K.WRITE) ? "read-write" : undefined;
    } else {
      walk.unexpected();
    }
  } while (walk.takeKind(T.comma));
  const reach = scope === "global" || scope === "session" ? scope : undefined;
  return { kind: "set-transaction", scope: reach, isolation, isolationSpan, access };
}

function parseIsolation(walk: Walk): SetTransactionDetail["isolation"] {
  if (walk.take2(K.READ, K.UNCOMMITTED)) return "read-uncommitted";
  if (walk.take2(K.READ, K.COMMITTED)) return "read-committed";
  if (walk.take2(K.REPEATABLE, K.READ)) return "repeatable-read";
  if (walk.expect(K.SERIALIZABLE)) return "serializable";
  return undefined;
}
