/** Account names, what identifies them, and their options. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { AccountName, Credential, Option, Text, UserSpecification } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { decodeBytes, decodeQuoted } from "./nodes.ts";
import { parseOptionValue } from "./options.ts";

/** `'u'@'h'`, `u@h`, `u`, `CURRENT_USER[()]`. */
export function parseAccount(cursor: Cursor): AccountName {
  const start = cursor.start();
  if (cursor.take(K.CURRENT_USER)) {
    if (cursor.peek() === T.leftParen) cursor.skipGroup();
    return { start, end: cursor.endFrom(start), user: "", host: undefined, current: true };
  }
  const reserved = cursor.peek() === T.keyword && !cursor.isName();
  if (reserved) cursor.unexpected();
  const user = reserved ? cursor.takeName().text : cursor.nameOrText().text;
  let host: string | undefined;
  if (cursor.peek() === T.userVariable) {
    const index = cursor.at++;
    const from = cursor.starts[index]! + 1;
    const to = cursor.ends[index]!;
    if (from === to) host = cursor.isName() || cursor.peek() === T.string ? cursor.nameOrText().text : "";
    else {
      const code = cursor.source[from]!;
      const quoted = code === 0x27 || code === 0x22 || code === 0x60;
      host = quoted
        ? decodeQuoted(cursor.source, from, to, code !== 0x60 && !cursor.options.noBackslashEscapes)
        : decodeBytes(cursor.source, from, to);
    }
  }
  return { start, end: cursor.endFrom(start), user, host, current: false };
}

/** `a, b, ...` */
export function parseAccounts(cursor: Cursor): AccountName[] {
  const list: AccountName[] = [];
  do list.push(parseAccount(cursor)); while (cursor.takeKind(T.comma));
  return list;
}

/** Accounts with what identifies each, as CREATE USER, ALTER USER and old servers' GRANT have them. */
export function parseUserSpecifications(cursor: Cursor): UserSpecification[] {
  const list: UserSpecification[] = [];
  do {
    const account = parseAccount(cursor);
    const credentials = parseCredentials(cursor);
    list.push({ start: account.start, end: cursor.endFrom(account.start), account, credentials });
  } while (cursor.takeKind(T.comma));
  return list;
}

/** What identifies a user whose name is passed. */
export function parseCredentials(cursor: Cursor): Credential[] {
  const list: Credential[] = [];
  for (;;) {
    const word = cursor.word();
    if (word === K.IDENTIFIED) {
      list.push(parseCredential(cursor));
    } else if (word === K.OR && list.length > 0) {
      // MariaDB: VIA plugin OR plugin
      list.push(parseCredential(cursor));
    } else if (word === K.AND && cursor.word(1) === K.IDENTIFIED) {
      cursor.at++;
    } else if (word === K.INITIAL && cursor.word(1) === K.AUTHENTICATION) {
      cursor.at += 2;
    } else if ((word === K.ADD || word === K.MODIFY || word === K.DROP) && cursor.word(2) === K.FACTOR) {
      // ADD 2 FACTOR IDENTIFIED ..., DROP 2 FACTOR
      cursor.at += 3;
    } else if (cursor.peek() === T.integer && cursor.word(1) === K.FACTOR) {
      // 2 FACTOR INITIATE REGISTRATION, 2 FACTOR FINISH REGISTRATION SET CHALLENGE_RESPONSE AS '...', UNREGISTER
      cursor.at += 2;
      while (REGISTRATION.has(cursor.word()) || cursor.peek() === T.string) cursor.at++;
    } else if (word === K.RETAIN || word === K.DISCARD && cursor.word(1) === K.OLD) {
      // RETAIN CURRENT PASSWORD, DISCARD OLD PASSWORD
      cursor.at += 3;
    } else if (word === K.REPLACE) {
      cursor.at++;
      cursor.text();
    } else {
      return list;
    }
  }
}

const REGISTRATION: ReadonlySet<number> = new Set([
  K.INITIATE,
  K.FINISH,
  K.REGISTRATION,
  K.UNREGISTER,
  K.SET,
  K.CHALLENGE_RESPONSE,
  K.AS,
]);

/** IDENTIFIED is next, or an OR between plugins. */
function parseCredential(cursor: Cursor): Credential {
  const start = cursor.start();
  const another = cursor.word() === K.OR;
  cursor.at++;
  let plugin: string | undefined;
  let form: Credential["form"] = "plugin";
  let secret: Text | undefined;
  if (another || cursor.take(K.WITH) || cursor.takeSpelled("VIA")) plugin = cursor.nameOrText().key;
  if (cursor.take(K.BY)) {
    if (cursor.take2(K.RANDOM, K.PASSWORD)) {
      form = "random";
    } else {
      form = cursor.take(K.PASSWORD) ? "hash" : "password";
      secret = parseSecret(cursor);
    }
  } else if (cursor.take(K.AS) || cursor.take(K.USING)) {
    form = "hash";
    secret = parseSecret(cursor);
  }
  return { start, end: cursor.endFrom(start), plugin, form, secret };
}

/** A password or hash: a string, MariaDB's PASSWORD('x'), or a placeholder. */
function parseSecret(cursor: Cursor): Text | undefined {
  if (cursor.word() === K.PASSWORD && cursor.peek(1) === T.leftParen) {
    cursor.at += 2;
    const text = cursor.text();
    cursor.closeParen();
    return text;
  }
  if (cursor.takeKind(T.placeholder)) return undefined;
  return cursor.text();
}

/** What follows the accounts of CREATE USER and ALTER USER, a word group an option. */
export function parseUserOptions(cursor: Cursor, defaultRoles: AccountName[] = []): Option[] {
  const options: Option[] = [];
  while (!cursor.done()) {
    const start = cursor.start();
    const from = cursor.at;
    switch (cursor.word()) {
      case K.REQUIRE:
        cursor.at++;
        while (!cursor.done() && REQUIREMENTS.has(cursor.word())) {
          cursor.at++;
          if (cursor.peek() === T.string) cursor.at++;
        }
        break;
      case K.WITH:
        cursor.at++;
        // MAX_QUERIES_PER_HOUR 10 ..., and GRANT's WITH GRANT OPTION, which its own parser takes first.
        while (!cursor.done() && cursor.peek() === T.keyword && cursor.peek(1) === T.integer) cursor.at += 2;
        break;
      case K.PASSWORD:
      case K.ACCOUNT:
        cursor.at++;
        while (!cursor.done() && PASSWORD_WORDS.has(cursor.word()) || cursor.peek() === T.integer) {
          cursor.at++;
        }
        break;
      case K.DEFAULT:
        cursor.at++;
        cursor.expect(K.ROLE);
        if (!cursor.take(K.NONE) && !cursor.take(K.ALL)) defaultRoles.push(...parseAccounts(cursor));
        break;
      case K.FAILED_LOGIN_ATTEMPTS:
      case K.PASSWORD_LOCK_TIME:
      case K.COMMENT:
      case K.ATTRIBUTE: {
        const name = cursor.takeName().text.toUpperCase();
        const { value, span } = parseOptionValue(cursor);
        options.push({ start, end: cursor.endFrom(start), name, value, valueSpan: span });
        continue;
      }
      default:
        return options;
    }
    if (cursor.at === from) return options;
    options.push(wordsOption(cursor, from, start));
  }
  return options;
}

function wordsOption(cursor: Cursor, from: number, start: number): Option {
  const end = cursor.lastEnd();
  const name = cursor.wordsBetween(from, from + 1);
  const valueSpan = { start: from + 1 < cursor.at ? cursor.starts[from + 1]! : end, end };
  return { start, end, name, value: cursor.wordsBetween(from + 1, cursor.at), valueSpan };
}

const REQUIREMENTS: ReadonlySet<number> = new Set([
  K.NONE,
  K.SSL,
  K.X509,
  K.ISSUER,
  K.SUBJECT,
  K.CIPHER,
  K.AND,
]);

const PASSWORD_WORDS: ReadonlySet<number> = new Set([
  K.EXPIRE,
  K.DEFAULT,
  K.NEVER,
  K.INTERVAL,
  K.DAY,
  K.HISTORY,
  K.REUSE,
  K.REQUIRE,
  K.CURRENT,
  K.OPTIONAL,
  K.LOCK,
  K.UNLOCK,
]);
