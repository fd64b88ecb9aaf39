/** GRANT and REVOKE. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  AccountName,
  GrantDetail,
  Identifier,
  ObjectName,
  Privilege,
  PrivilegeLevel,
  UserSpecification,
} from "../statement.ts";
import { parseAccount, parseAccounts, parseUserOptions, parseUserSpecifications } from "./accounts.ts";
import { NONE } from "./block.ts";
import { impliedSchema, QualifiedName } from "./nodes.ts";
import type { Cursor } from "./cursor.ts";

/** GRANT or REVOKE is next. */
export function parseGrant(cursor: Cursor): GrantDetail {
  const kind = cursor.word() === K.GRANT ? "grant" : "revoke";
  const direction = kind === "grant" ? K.TO : K.FROM;
  cursor.at++;
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  // MariaDB: REVOKE ADMIN OPTION FOR role
  let adminOption = kind === "revoke" && cursor.word() === K.ADMIN && cursor.word(1) === K.OPTION;
  if (adminOption) cursor.at += 3;
  let form: GrantDetail["form"] = "roles";
  let privileges: readonly Privilege[] = NONE;
  let roles: readonly AccountName[] = NONE;
  let level: PrivilegeLevel | undefined;
  let proxied: AccountName | undefined;
  if (cursor.word() === K.PROXY && cursor.word(1) === K.ON) {
    form = "proxy";
    const { start, end } = { start: cursor.start(), end: cursor.ends[cursor.at]! };
    privileges = [{ start, end, name: "PROXY", columns: NONE }];
    cursor.at += 2;
    proxied = parseAccount(cursor);
  } else if (hasOn(cursor, direction)) {
    form = "privileges";
    privileges = parsePrivileges(cursor);
    cursor.expect(K.ON);
    level = parseLevel(cursor);
  } else if (kind === "revoke" && cursor.word() === K.ALL) {
    form = "all";
    privileges = parsePrivileges(cursor);
  } else {
    roles = parseAccounts(cursor);
  }
  cursor.expect(direction);
  const users: readonly UserSpecification[] = kind === "grant"
    ? parseUserSpecifications(cursor)
    : parseAccounts(cursor).map((account) => ({
      start: account.start,
      end: account.end,
      account,
      credentials: NONE,
    }));
  let grantOption = privileges.some((privilege) => privilege.name === "GRANT OPTION");
  // IGNORE UNKNOWN USER
  if (cursor.take(K.IGNORE)) cursor.at += 2;
  while (!cursor.done()) {
    const before = cursor.at;
    if (cursor.word() === K.WITH && cursor.word(1) === K.GRANT) {
      cursor.at += 2;
      cursor.expect(K.OPTION);
      grantOption = true;
    } else if (cursor.word() === K.WITH && cursor.word(1) === K.ADMIN) {
      cursor.at += 2;
      cursor.expect(K.OPTION);
      adminOption = true;
    } else if (cursor.word() === K.GRANT && cursor.word(1) === K.OPTION) {
      cursor.at += 2;
      grantOption = true;
    } else if (cursor.word() === K.AS) {
      // AS user WITH ROLE ...
      cursor.at++;
      parseAccount(cursor);
      if (cursor.take2(K.WITH, K.ROLE)) parseRoleList(cursor);
    } else {
      parseUserOptions(cursor);
    }
    if (cursor.at === before) break;
  }
  return {
    kind,
    form,
    privileges,
    roles,
    level,
    proxied,
    users,
    grantOption,
    adminOption,
    ifExists,
  };
}

function parseRoleList(cursor: Cursor): void {
  if (cursor.take(K.DEFAULT) || cursor.take(K.NONE)) return;
  if (cursor.take(K.ALL)) {
    if (cursor.take(K.EXCEPT)) parseAccounts(cursor);
    return;
  }
  parseAccounts(cursor);
}

/** Whether ON stands before TO or FROM: privileges are granted on something, roles are not. */
function hasOn(cursor: Cursor, direction: number): boolean {
  for (let index = cursor.at; index < cursor.stop; index++) {
    const keyword = cursor.keywords[index]!;
    if (keyword === K.ON) return true;
    if (keyword === direction) return false;
  }
  return false;
}

/** `SELECT (a, b), CREATE USER, SYSTEM_VARIABLES_ADMIN, ...`, words taken as they stand. */
function parsePrivileges(cursor: Cursor): Privilege[] {
  const list: Privilege[] = [];
  do {
    const start = cursor.start();
    const from = cursor.at;
    while (!cursor.done() && isPrivilegeWord(cursor)) cursor.at++;
    if (cursor.at === from) {
      cursor.unexpected();
      break;
    }
    const name = cursor.wordsBetween(from, cursor.at).replace(/^ALL PRIVILEGES$/, "ALL")
      .replaceAll(/[`'"]/g, "");
    const columns: readonly Identifier[] = cursor.peek() === T.leftParen ? cursor.nameList() : NONE;
    list.push({ start, end: cursor.endFrom(start), name, columns });
  } while (cursor.takeKind(T.comma));
  return list;
}

function isPrivilegeWord(cursor: Cursor): boolean {
  const kind = cursor.peek();
  // A dynamic privilege's name may be quoted as text is.
  if (kind !== T.keyword && kind !== T.identifier && kind !== T.quotedIdentifier && kind !== T.string) {
    return false;
  }
  const word = cursor.word();
  return word !== K.ON && word !== K.FROM && word !== K.TO;
}

/** `*.*`, `db.*`, `*`, `TABLE t`, `FUNCTION f`, ... */
function parseLevel(cursor: Cursor): PrivilegeLevel {
  const start = cursor.start();
  let objectType: PrivilegeLevel["objectType"];
  if (cursor.peek(1) !== T.dot) {
    if (cursor.take(K.TABLE)) objectType = "table";
    else if (cursor.take(K.FUNCTION)) objectType = "function";
    else if (cursor.take(K.PROCEDURE)) objectType = "procedure";
    else if (cursor.take(K.LIBRARY)) objectType = "library";
    // MariaDB: PACKAGE [BODY] name
    else if (cursor.takeSpelled("PACKAGE")) cursor.takeSpelled("BODY");
  }
  const { systemSchema } = cursor.options;
  const current = systemSchema === undefined ? undefined : impliedSchema(systemSchema, cursor.start());
  let scope: PrivilegeLevel["scope"] = "object";
  let schema: Identifier | undefined;
  let object: ObjectName | undefined;
  if (cursor.takeKind(T.star)) {
    scope = "current-schema";
    schema = current;
    if (cursor.takeKind(T.dot)) {
      cursor.expectKind(T.star);
      scope = "global";
      schema = undefined;
    }
  } else {
    const first = cursor.name();
    if (!cursor.takeKind(T.dot)) {
      object = new QualifiedName(current, first);
    } else if (cursor.takeKind(T.star)) {
      scope = "schema";
      schema = first;
    } else {
      schema = first;
      object = new QualifiedName(first, cursor.takeName());
    }
  }
  return { start, end: cursor.endFrom(start), scope, schema, object, objectType };
}
