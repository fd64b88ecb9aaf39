/** CREATE, ALTER, DROP and RENAME USER, roles, SET PASSWORD, SET ROLE. */

import * as K from "../keyword_ids.ts";
import type {
  AccountListDetail,
  AccountName,
  RenameUserDetail,
  SetPasswordDetail,
  SetRoleDetail,
  UserDetail,
} from "../statement.ts";
import { T } from "../tokens.ts";
import {
  parseAccount,
  parseAccounts,
  parseCredentials,
  parseUserOptions,
  parseUserSpecifications,
} from "./accounts.ts";
import { NONE } from "./block.ts";
import type { Walk } from "./walk.ts";

/** `USER ...`; CREATE or ALTER is passed. */
export function parseUser(walk: Walk, kind: UserDetail["kind"], orReplace: boolean): UserDetail {
  walk.at++;
  const ifNotExists = walk.word() === K.IF && walk.word(1) === K.NOT;
  if (ifNotExists) walk.at += 3;
  const ifExists = walk.take2(K.IF, K.EXISTS);
  if (walk.word() === K.USER && walk.peek(1) === T.leftParen) {
    // ALTER USER USER() IDENTIFIED BY '...'
    const start = walk.start();
    walk.at++;
    walk.skipGroup();
    const account = { start, end: walk.endFrom(start), user: "", host: undefined, current: true };
    const credentials = parseCredentials(walk);
    const users = [{ start, end: walk.endFrom(start), account, credentials }];
    return { kind, ifExists, ifNotExists, orReplace, users, options: parseUserOptions(walk) };
  }
  const users = parseUserSpecifications(walk);
  return { kind, ifExists, ifNotExists, orReplace, users, options: parseUserOptions(walk) };
}

/** `USER | ROLE [IF EXISTS] a, b`; CREATE or DROP is passed. */
export function parseAccountList(walk: Walk, kind: AccountListDetail["kind"]): AccountListDetail {
  walk.at++;
  const ifNotExists = walk.word() === K.IF && walk.word(1) === K.NOT;
  if (ifNotExists) walk.at += 3;
  const ifExists = walk.take2(K.IF, K.EXISTS);
  const accounts = parseAccounts(walk);
  // MariaDB: WITH ADMIN user
  if (walk.take2(K.WITH, K.ADMIN)) parseAccount(walk);
  return { kind, ifExists, ifNotExists, accounts };
}

/** `USER a TO b, ...`; RENAME is passed. */
export function parseRenameUser(walk: Walk): RenameUserDetail {
  walk.at++;
  const renames = [];
  do {
    const from = parseAccount(walk);
    walk.expect(K.TO);
    renames.push({ from, to: parseAccount(walk) });
  } while (walk.takeKind(T.comma));
  return { kind: "rename-user", renames };
}

/** `PASSWORD [FOR user] {= 'x' | TO RANDOM | = PASSWORD('x')}`; SET is passed. */
export function parseSetPassword(walk: Walk): SetPasswordDetail {
  walk.at++;
  const account = walk.take(K.FOR) ? parseAccount(walk) : undefined;
  let random = false;
  let legacyFunction = false;
  let secret: SetPasswordDetail["secret"];
  if (walk.take(K.TO)) {
    walk.expect(K.RANDOM);
    random = true;
  } else {
    if (!walk.takeKind(T.equal)) walk.takeKind(T.assign);
    legacyFunction = walk.word() === K.PASSWORD || walk.spelled("OLD_PASSWORD");
    if (legacyFunction) {
      walk.at++;
      walk.expectKind(T.leftParen);
    }
    if (!walk.takeKind(T.placeholder)) secret = walk.text();
    if (legacyFunction) walk.closeParen();
  }
  if (walk.take(K.REPLACE)) walk.text();
  if (walk.word() === K.RETAIN) walk.at += 3;
  return { kind: "set-password", account, secret, random, legacyFunction };
}

/** `ROLE ...` or `DEFAULT ROLE ... TO users`; SET is passed. */
export function parseSetRole(walk: Walk): SetRoleDetail {
  const byDefault = walk.take(K.DEFAULT);
  walk.at++;
  let form: SetRoleDetail["form"] = "list";
  let roles: readonly AccountName[] = NONE;
  if (walk.take(K.DEFAULT)) form = "default";
  else if (walk.take(K.NONE)) form = "none";
  else if (walk.take(K.ALL)) {
    form = "all";
    if (walk.take(K.EXCEPT)) {
      form = "all-except";
      roles = parseAccounts(walk);
    }
  } else roles = parseAccounts(walk);
  // MariaDB: SET DEFAULT ROLE r FOR user
  const accounts = byDefault && (walk.take(K.TO) || walk.take(K.FOR)) ? parseAccounts(walk) : NONE;
  return { kind: byDefault ? "set-default-role" : "set-role", form, roles, accounts };
}
