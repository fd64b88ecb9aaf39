/** Account names, what identifies them, and their options. */

import * as K from "../keyword_ids.ts";
import type { AccountName, Credential, Option, Text, UserSpecification } from "../statement.ts";
import { T } from "../tokens.ts";
import { decodeBytes, decodeQuoted } from "./nodes.ts";
import { parseOptionValue } from "./options.ts";
import type { Walk } from "./walk.ts";

/** `'u'@'h'`, `u@h`, `u`, `CURRENT_USER[()]`. */
export function parseAccount(walk: Walk): AccountName {
  const start = walk.start();
  if (walk.take(K.CURRENT_USER)) {
    if (walk.peek() === T.leftParen) walk.skipGroup();
    return { start, end: walk.endFrom(start), user: "", host: undefined, current: true };
  }
  const reserved = walk.peek() === T.keyword && !walk.isName();
  if (reserved) walk.unexpected();
  const user = reserved ? walk.takeName().text : walk.nameOrText().text;
  let host: string | undefined;
  if (walk.peek() === T.userVariable) {
    const index = walk.at++;
    const from = walk.starts[index]! + 1;
    const to = walk.ends[index]!;
    if (from === to) host = walk.nameOrText().text;
    else {
      const code = walk.source[from]!;
      const quoted = code === 0x27 || code === 0x22 || code === 0x60;
      host = quoted
        ? decodeQuoted(walk.source, from, to, code !== 0x60 && !walk.options.noBackslashEscapes)
        : decodeBytes(walk.source, from, to);
    }
  }
  return { start, end: walk.endFrom(start), user, host, current: false };
}

/** `a, b, ...` */
export function parseAccounts(walk: Walk): AccountName[] {
  const list: AccountName[] = [];
  do list.push(parseAccount(walk)); while (walk.takeKind(T.comma));
  return list;
}

/** Accounts with what identifies each, as CREATE USER, ALTER USER and old servers' GRANT have them. */
export function parseUserSpecifications(walk: Walk): UserSpecification[] {
  const list: UserSpecification[] = [];
  do {
    const account = parseAccount(walk);
    const credentials = parseCredentials(walk);
    list.push({ start: account.start, end: walk.endFrom(account.start), account, credentials });
  } while (walk.takeKind(T.comma));
  return list;
}

/** What identifies a user whose name is passed. */
export function parseCredentials(walk: Walk): Credential[] {
  const list: Credential[] = [];
  for (;;) {
    const word = walk.word();
    if (word === K.IDENTIFIED) {
      list.push(parseCredential(walk));
    } else if (word === K.OR && list.length > 0) {
      // MariaDB: VIA plugin OR plugin
      list.push(parseCredential(walk));
    } else if (word === K.AND && walk.word(1) === K.IDENTIFIED) {
      walk.at++;
    } else if (word === K.INITIAL && walk.word(1) === K.AUTHENTICATION) {
      walk.at += 2;
    } else if ((word === K.ADD || word === K.MODIFY || word === K.DROP) && walk.word(2) === K.FACTOR) {
      // ADD 2 FACTOR IDENTIFIED ..., DROP 2 FACTOR
      walk.at += 3;
    } else if (walk.peek() === T.integer && walk.word(1) === K.FACTOR) {
      // 2 FACTOR INITIATE REGISTRATION, 2 FACTOR FINISH REGISTRATION SET CHALLENGE_RESPONSE AS '...', UNREGISTER
      walk.at += 2;
      while (REGISTRATION.has(walk.word()) || walk.peek() === T.string) walk.at++;
    } else if (word === K.RETAIN || word === K.DISCARD && walk.word(1) === K.OLD) {
      // RETAIN CURRENT PASSWORD, DISCARD OLD PASSWORD
      walk.at += 3;
    } else if (word === K.REPLACE) {
      walk.at++;
      walk.text();
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
function parseCredential(walk: Walk): Credential {
  const start = walk.start();
  const another = walk.word() === K.OR;
  walk.at++;
  let plugin: string | undefined;
  let form: Credential["form"] = "plugin";
  let secret: Text | undefined;
  if (another || walk.take(K.WITH) || walk.takeSpelled("VIA")) plugin = walk.nameOrText().key;
  if (walk.take(K.BY)) {
    if (walk.take2(K.RANDOM, K.PASSWORD)) {
      form = "random";
    } else {
      form = walk.take(K.PASSWORD) ? "hash" : "password";
      secret = parseSecret(walk);
    }
  } else if (walk.take(K.AS) || walk.take(K.USING)) {
    form = "hash";
    secret = parseSecret(walk);
  }
  return { start, end: walk.endFrom(start), plugin, form, secret };
}

/** A password or hash: a string, MariaDB's PASSWORD('x'), or a placeholder. */
function parseSecret(walk: Walk): Text | undefined {
  if (walk.word() === K.PASSWORD && walk.peek(1) === T.leftParen) {
    walk.at += 2;
    const text = walk.text();
    walk.closeParen();
    return text;
  }
  if (walk.takeKind(T.placeholder)) return undefined;
  return walk.text();
}

/** What follows the accounts of CREATE USER and ALTER USER, a word group an option. */
export function parseUserOptions(walk: Walk): Option[] {
  const options: Option[] = [];
  while (!walk.done()) {
    const start = walk.start();
    const from = walk.at;
    switch (walk.word()) {
      case K.REQUIRE:
        walk.at++;
        while (!walk.done() && REQUIREMENTS.has(walk.word())) {
          walk.at++;
          if (walk.peek() === T.string) walk.at++;
        }
        break;
      case K.WITH:
        walk.at++;
        // MAX_QUERIES_PER_HOUR 10 ..., and GRANT's WITH GRANT OPTION, which its own parser takes first.
        while (!walk.done() && walk.peek() === T.keyword && walk.peek(1) === T.integer) walk.at += 2;
        break;
      case K.PASSWORD:
      case K.ACCOUNT:
        walk.at++;
        while (!walk.done() && PASSWORD_WORDS.has(walk.word()) || walk.peek() === T.integer) walk.at++;
        break;
      case K.DEFAULT:
        walk.at++;
        walk.expect(K.ROLE);
        if (!walk.take(K.NONE) && !walk.take(K.ALL)) parseAccounts(walk);
        break;
      case K.FAILED_LOGIN_ATTEMPTS:
      case K.PASSWORD_LOCK_TIME:
      case K.COMMENT:
      case K.ATTRIBUTE: {
        const name = walk.takeName().text.toUpperCase();
        const { value, span } = parseOptionValue(walk);
        options.push({ start, end: walk.endFrom(start), name, value, valueSpan: span });
        continue;
      }
      default:
        return options;
    }
    if (walk.at === from) return options;
    options.push(wordsOption(walk, from, start));
  }
  return options;
}

function wordsOption(walk: Walk, from: number, start: number): Option {
  const end = walk.lastEnd();
  const name = walk.wordsBetween(from, from + 1);
  const valueSpan = { start: from + 1 < walk.at ? walk.starts[from + 1]! : end, end };
  return { start, end, name, value: walk.wordsBetween(from + 1, walk.at), valueSpan };
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
