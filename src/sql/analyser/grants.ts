/** GRANT and REVOKE. */

import * as K from "../keyword_ids.ts";
import type {
  AccountName,
  GrantDetail,
  Identifier,
  ObjectName,
  Privilege,
  PrivilegeLevel,
  UserSpecification,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { parseAccount, parseAccounts, parseUserOptions, parseUserSpecifications } from "./accounts.ts";
import { NONE } from "./block.ts";
import { QualifiedName } from "./nodes.ts";
import type { Walk } from "./walk.ts";

/** GRANT or REVOKE is next. */
export function parseGrant(walk: Walk): GrantDetail {
  const kind = walk.word() === K.GRANT ? "grant" : "revoke";
  const direction = kind === "grant" ? K.TO : K.FROM;
  walk.at++;
  const ifExists = walk.take2(K.IF, K.EXISTS);
  // MariaDB: REVOKE ADMIN OPTION FOR role
  let adminOption = kind === "revoke" && walk.word() === K.ADMIN && walk.word(1) === K.OPTION;
  if (adminOption) walk.at += 3;
  let form: GrantDetail["form"] = "roles";
  let privileges: readonly Privilege[] = NONE;
  let roles: readonly AccountName[] = NONE;
  let level: PrivilegeLevel | undefined;
  let proxied: AccountName | undefined;
  if (walk.word() === K.PROXY && walk.word(1) === K.ON) {
    form = "proxy";
    const { start, end } = { start: walk.start(), end: walk.ends[walk.at]! };
    privileges = [{ start, end, name: "PROXY", columns: NONE }];
    walk.at += 2;
    proxied = parseAccount(walk);
  } else if (hasOn(walk, direction)) {
    form = "privileges";
    privileges = parsePrivileges(walk);
    walk.expect(K.ON);
    level = parseLevel(walk);
  } else if (kind === "revoke" && walk.word() === K.ALL) {
    form = "all";
    privileges = parsePrivileges(walk);
  } else {
    roles = parseAccounts(walk);
  }
  walk.expect(direction);
  const users: readonly UserSpecification[] = kind === "grant"
    ? parseUserSpecifications(walk)
    : parseAccounts(walk).map((account) => ({
      start: account.start,
      end: account.end,
      account,
      credentials: NONE,
    }));
  let grantOption = privileges.some((privilege) => privilege.name === "GRANT OPTION");
  // IGNORE UNKNOWN USER
  if (walk.take(K.IGNORE)) walk.at += 2;
  while (!walk.done()) {
    const before = walk.at;
    if (walk.word() === K.WITH && walk.word(1) === K.GRANT) {
      walk.at += 2;
      walk.expect(K.OPTION);
      grantOption = true;
    } else if (walk.word() === K.WITH && walk.word(1) === K.ADMIN) {
      walk.at += 2;
      walk.expect(K.OPTION);
      adminOption = true;
    } else if (walk.word() === K.GRANT && walk.word(1) === K.OPTION) {
      walk.at += 2;
      grantOption = true;
    } else if (walk.word() === K.AS) {
      // AS user WITH ROLE ...
      walk.at++;
      parseAccount(walk);
      if (walk.take2(K.WITH, K.ROLE)) parseRoleList(walk);
    } else {
      parseUserOptions(walk);
    }
    if (walk.at === before) break;
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

function parseRoleList(walk: Walk): void {
  if (walk.take(K.DEFAULT) || walk.take(K.NONE)) return;
  if (walk.take(K.ALL)) {
    if (walk.take(K.EXCEPT)) parseAccounts(walk);
    return;
  }
  parseAccounts(walk);
}

/** Whether ON stands before TO or FROM: privileges are granted on something, roles are not. */
function hasOn(walk: Walk, direction: number): boolean {
  for (let index = walk.at; index < walk.stop; index++) {
    const keyword = walk.keywords[index]!;
    if (keyword === K.ON) return true;
    if (keyword === direction) return false;
  }
  return false;
}

/** `SELECT (a, b), CREATE USER, SYSTEM_VARIABLES_ADMIN, ...`, words taken as they stand. */
function parsePrivileges(walk: Walk): Privilege[] {
  const list: Privilege[] = [];
  do {
    const start = walk.start();
    const from = walk.at;
    while (!walk.done() && isPrivilegeWord(walk)) walk.at++;
    if (walk.at === from) {
      walk.unexpected();
      break;
    }
    const name = walk.wordsBetween(from, walk.at).replace(/^ALL PRIVILEGES$/, "ALL").replaceAll("`", "");
    const columns: readonly Identifier[] = walk.peek() === T.leftParen ? walk.nameList() : NONE;
    list.push({ start, end: walk.endFrom(start), name, columns });
  } while (walk.takeKind(T.comma));
  return list;
}

function isPrivilegeWord(walk: Walk): boolean {
  const kind = walk.peek();
  if (kind !== T.keyword && kind !== T.identifier && kind !== T.quotedIdentifier) return false;
  const word = walk.word();
  return word !== K.ON && word !== K.FROM && word !== K.TO;
}

/** `*.*`, `db.*`, `*`, `TABLE t`, `FUNCTION f`, ... */
function parseLevel(walk: Walk): PrivilegeLevel {
  const start = walk.start();
  let objectType: PrivilegeLevel["objectType"];
  if (walk.peek(1) !== T.dot) {
    if (walk.take(K.TABLE)) objectType = "table";
    else if (walk.take(K.FUNCTION)) objectType = "function";
    else if (walk.take(K.PROCEDURE)) objectType = "procedure";
    else if (walk.take(K.LIBRARY)) objectType = "library";
    // MariaDB: PACKAGE [BODY] name
    else if (walk.takeSpelled("PACKAGE")) walk.takeSpelled("BODY");
  }
  let scope: PrivilegeLevel["scope"] = "object";
  let schema: Identifier | undefined;
  let object: ObjectName | undefined;
  if (walk.takeKind(T.star)) {
    scope = "current-schema";
    if (walk.takeKind(T.dot)) {
      walk.expectKind(T.star);
      scope = "global";
    }
  } else {
    const first = walk.name();
    if (!walk.takeKind(T.dot)) {
      object = new QualifiedName(undefined, first);
    } else if (walk.takeKind(T.star)) {
      scope = "schema";
      schema = first;
    } else {
      schema = first;
      object = new QualifiedName(first, walk.takeName());
    }
  }
  return { start, end: walk.endFrom(start), scope, schema, object, objectType };
}
