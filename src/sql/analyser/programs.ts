/** CREATE and ALTER of procedures, functions, triggers, events, libraries and packages. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { ObjectName, Option, ProgramDetail, Security, Span, Text } from "../statement.ts";
import { NONE } from "./block.ts";
import { parseAccount } from "./accounts.ts";
import type { Cursor } from "./cursor.ts";
import { parseType } from "./ddl_types.ts";
import { parseExpression } from "./expressions.ts";
import { P } from "./operators.ts";

/** What stood before the word that names the kind. */
export interface ProgramPrefix extends Security {
  readonly orReplace: boolean;
}

/** The kind's word is next (PROCEDURE, FUNCTION, TRIGGER, EVENT, LIBRARY, PACKAGE). */
export function parseProgram(
  cursor: Cursor,
  kind: ProgramDetail["kind"],
  prefix: ProgramPrefix,
): ProgramDetail {
  cursor.at++;
  if (kind === "create-package") cursor.takeSpelled("BODY");
  const ifNotExists = cursor.word() === K.IF && cursor.word(1) === K.NOT;
  if (ifNotExists) cursor.at += 3;
  const name = cursor.objectName();
  const options: Option[] = [];
  const parts: Parts = {
    security: prefix.security,
    soname: undefined,
    table: undefined,
    time: undefined,
    event: undefined,
  };
  let parameters: readonly string[] = NONE;
  switch (kind) {
    case "create-trigger":
      parseTriggerHead(cursor, parts);
      break;
    case "create-event":
    case "alter-event":
      parseEventHead(cursor, options);
      break;
    default:
      if (cursor.peek() === T.leftParen) parameters = parseParameters(cursor);
      parseCharacteristics(cursor, options, parts);
  }
  let body: Span | undefined;
  if (!cursor.done()) {
    body = { start: cursor.start(), end: cursor.ends[cursor.stop - 1]! };
    cursor.at = cursor.stop;
  }
  return {
    kind,
    name,
    orReplace: prefix.orReplace,
    ifNotExists,
    parameters,
    body,
    soname: parts.soname,
    table: parts.table,
    triggerTime: parts.time,
    triggerEvent: parts.event,
    options,
    definer: prefix.definer,
    security: parts.security,
  };
}

/** `(IN a INT, OUT b DECIMAL(10, 2))`: the names. */
function parseParameters(cursor: Cursor): string[] {
  const names: string[] = [];
  cursor.at++;
  let depth = 1;
  let begins = true;
  for (; !cursor.done() && depth > 0; cursor.at++) {
    const kind = cursor.peek();
    if (kind === T.leftParen) depth++;
    else if (kind === T.rightParen) depth--;
    else if (kind === T.comma && depth === 1) begins = true;
    else if (begins) {
      const word = cursor.word();
      const isMode = (word === K.IN || word === K.OUT || word === K.INOUT) && cursor.peek(1) !== T.comma;
      if (!isMode) {
        names.push(cursor.wordsBetween(cursor.at, cursor.at + 1).replace(/^`(.*)`$/s, "$1").toLowerCase());
        begins = false;
      }
    }
  }
  return names;
}

interface Parts {
  security: Security["security"];
  soname: Text | undefined;
  table: ObjectName | undefined;
  time: ProgramDetail["triggerTime"];
  event: ProgramDetail["triggerEvent"];
}

/** `BEFORE INSERT ON t FOR EACH ROW [FOLLOWS x]`. */
function parseTriggerHead(cursor: Cursor, parts: Parts): void {
  if (cursor.take(K.BEFORE)) parts.time = "before";
  else if (cursor.expect(K.AFTER)) parts.time = "after";
  if (cursor.take(K.INSERT)) parts.event = "insert";
  else if (cursor.take(K.UPDATE)) parts.event = "update";
  else if (cursor.expect(K.DELETE)) parts.event = "delete";
  cursor.expect(K.ON);
  const table = cursor.objectName();
  parts.table = table;
  cursor.writes.push({
    start: table.start,
    end: table.end,
    action: "alter",
    table,
    alias: undefined,
    unresolved: false,
  });
  cursor.expect(K.FOR);
  cursor.expect(K.EACH);
  cursor.expect(K.ROW);
  if (cursor.take(K.FOLLOWS) || cursor.take(K.PRECEDES)) cursor.name();
}

/** ON SCHEDULE, ON COMPLETION, ENABLE, COMMENT, up to and including DO. */
function parseEventHead(cursor: Cursor, options: Option[]): void {
  while (!cursor.done() && !cursor.take(K.DO)) {
    const start = cursor.start();
    const from = cursor.at;
    if (cursor.take2(K.ON, K.SCHEDULE)) {
      if (cursor.take(K.EVERY)) {
        cursor.root(parseExpression(cursor, P.lowest));
        if (!cursor.done()) cursor.at++;
        while (cursor.word() === K.STARTS || cursor.word() === K.ENDS) {
          cursor.at++;
          cursor.root(parseExpression(cursor, P.lowest));
        }
      } else {
        cursor.expect(K.AT);
        cursor.root(parseExpression(cursor, P.lowest));
      }
    } else if (cursor.word() === K.COMMENT) {
      cursor.at++;
      cursor.text();
    } else {
      // ON COMPLETION [NOT] PRESERVE, RENAME TO x, ENABLE, DISABLE [ON SLAVE]
      cursor.at++;
      while (!cursor.done() && EVENT_WORDS.has(cursor.word())) cursor.at++;
    }
    addWords(cursor, options, from, start);
  }
}

const EVENT_WORDS: ReadonlySet<number> = new Set([
  K.COMPLETION,
  K.NOT,
  K.PRESERVE,
  K.SLAVE,
  K.REPLICA,
  K.TO,
]);

function addWords(cursor: Cursor, options: Option[], from: number, start: number): void {
  const end = cursor.lastEnd();
  options.push({
    start,
    end,
    name: cursor.wordsBetween(from, cursor.at),
    value: "",
    valueSpan: { start: end, end },
  });
}

/** RETURNS, DETERMINISTIC, SQL SECURITY, COMMENT, SONAME, ... up to the body. */
function parseCharacteristics(cursor: Cursor, options: Option[], parts: Parts): void {
  for (;;) {
    const start = cursor.start();
    const from = cursor.at;
    switch (cursor.word()) {
      case K.RETURNS:
        cursor.at++;
        parseType(cursor);
        break;
      case K.SONAME:
        cursor.at++;
        parts.soname = cursor.text();
        return;
      case K.COMMENT:
        cursor.at++;
        cursor.text();
        break;
      case K.LANGUAGE:
        cursor.at++;
        if (!cursor.done()) cursor.at++;
        break;
      case K.NOT:
      case K.DETERMINISTIC:
        cursor.take(K.NOT);
        cursor.expect(K.DETERMINISTIC);
        break;
      case K.CONTAINS:
      case K.NO:
        cursor.at++;
        cursor.expect(K.SQL);
        break;
      case K.READS:
      case K.MODIFIES:
        cursor.at++;
        cursor.expect(K.SQL);
        cursor.expect(K.DATA);
        break;
      case K.SQL:
        if (cursor.word(1) !== K.SECURITY) return;
        parts.security = parseSecurity(cursor);
        continue;
      case K.AGGREGATE:
        cursor.at++;
        continue;
      case K.USING:
        // USING (libraries)
        cursor.at++;
        cursor.skipGroup();
        break;
      case K.AS:
        cursor.at++;
        return;
      default:
        // MariaDB: RETURN type of packages' functions
        return;
    }
    addWords(cursor, options, from, start);
  }
}

/** `SQL SECURITY DEFINER | INVOKER`; SQL is next. */
export function parseSecurity(cursor: Cursor): Security["security"] {
  const start = cursor.start();
  cursor.at += 2;
  const value = cursor.take(K.INVOKER) ? "invoker" : cursor.expect(K.DEFINER) ? "definer" : undefined;
  return value === undefined ? undefined : { start, end: cursor.endFrom(start), value };
}

/** `DEFINER = user`; DEFINER is next. */
export function parseDefiner(cursor: Cursor): Security["definer"] {
  const start = cursor.start();
  cursor.at++;
  cursor.takeKind(T.equal);
  // MariaDB: CURRENT_ROLE
  const account = parseAccount(cursor);
  return { ...account, start };
}
