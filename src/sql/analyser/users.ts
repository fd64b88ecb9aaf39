/** CREATE, ALTER, DROP and RENAME USER, roles, SET PASSWORD, SET ROLE. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  AccountListDetail,
  AccountName,
  RenameUserDetail,
  SetPasswordDetail,
  SetRoleDetail,
  UserDetail,
} from "../statement.ts";
import {
  parseAccount,
  parseAccounts,
  parseCredentials,
  parseUserOptions,
  parseUserSpecifications,
} from "./accounts.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";

/** `USER ...`; CREATE or ALTER is passed. */
export function parseUser(cursor: Cursor, kind: UserDetail["kind"], orReplace: boolean): UserDetail {
  cursor.at++;
  const ifNotExists = cursor.word() === K.IF && cursor.word(1) === K.NOT;
  if (ifNotExists) cursor.at += 3;
  const head = { kind, ifExists: cursor.take2(K.IF, K.EXISTS), ifNotExists, orReplace };
  const defaultRoles: AccountName[] = [];
  if (cursor.word() === K.USER && cursor.peek(1) === T.leftParen) {
    // ALTER USER USER() IDENTIFIED BY '...'
    const start = cursor.start();
    cursor.at++;
    cursor.skipGroup();
    const account = { start, end: cursor.endFrom(start), user: "", host: undefined, current: true };
    const credentials = parseCredentials(cursor);
    const users = [{ start, end: cursor.endFrom(start), account, credentials }];
    return { ...head, users, options: parseUserOptions(cursor, defaultRoles), defaultRoles };
  }
  const users = parseUserSpecifications(cursor);
  return { ...head, users, options: parseUserOptions(cursor, defaultRoles), defaultRoles };
}

/** `USER | ROLE [IF EXISTS] a, b`; CREATE or DROP is passed. */
export function parseAccountList(cursor: Cursor, kind: AccountListDetail["kind"]): AccountListDetail {
  cursor.at++;
  const ifNotExists = cursor.word() === K.IF && cursor.word(1) === K.NOT;
  if (ifNotExists) cursor.at += 3;
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  const accounts = parseAccounts(cursor);
  // MariaDB: WITH ADMIN user
  if (cursor.take2(K.WITH, K.ADMIN)) parseAccount(cursor);
  return { kind, ifExists, ifNotExists, accounts };
}

/** `USER a TO b, ...`; RENAME is passed. */
export function parseRenameUser(cursor: Cursor): RenameUserDetail {
  cursor.at++;
  const renames = [];
  do {
    const from = parseAccount(cursor);
    cursor.expect(K.TO);
    renames.push({ from, to: parseAccount(cursor) });
  } while (cursor.takeKind(T.comma));
  return { kind: "rename-user", renames };
}

/** `PASSWORD [FOR user] {= 'x' | TO RANDOM | = PASSWORD('x')}`; SET is passed. */
export function parseSetPassword(cursor: Cursor): SetPasswordDetail {
  cursor.at++;
  const account = cursor.take(K.FOR) ? parseAccount(cursor) : undefined;
  let random = false;
  let legacyFunction = false;
  let secret: SetPasswordDetail["secret"];
  if (cursor.take(K.TO)) {
    cursor.expect(K.RANDOM);
    random = true;
  } else {
    if (!cursor.takeKind(T.equal)) cursor.takeKind(T.assign);
    legacyFunction = cursor.word() === K.PASSWORD || cursor.spelled("OLD_PASSWORD");
    if (legacyFunction) {
      cursor.at++;
      cursor.expectKind(T.leftParen);
    }
    if (!cursor.takeKind(T.placeholder)) secret = cursor.text();
    if (legacyFunction) cursor.closeParen();
  }
  if (cursor.take(K.REPLACE)) cursor.text();
  if (cursor.word() === K.RETAIN) cursor.at += 3;
  return { kind: "set-password", account, secret, random, legacyFunction };
}

/** `ROLE ...` or `DEFAULT ROLE ... TO users`; SET is passed. */
export function parseSetRole(cursor: Cursor): SetRoleDetail {
  const byDefault = cursor.take(K.DEFAULT);
  cursor.at++;
  let form: SetRoleDetail["form"] = "list";
  let roles: readonly AccountName[] = NONE;
  if (cursor.take(K.DEFAULT)) form = "default";
  else if (cursor.take(K.NONE)) form = "none";
  else if (cursor.take(K.ALL)) {
    form = "all";
    if (cursor.take(K.EXCEPT)) {
      form = "all-except";
      roles = parseAccounts(cursor);
    }
  } else roles = parseAccounts(cursor);
  // MariaDB: SET DEFAULT ROLE r FOR user
  const accounts = byDefault && (cursor.take(K.TO) || cursor.take(K.FOR)) ? parseAccounts(cursor) : NONE;
  return { kind: byDefault ? "set-default-role" : "set-role", form, roles, accounts };
}
