/** CREATE and ALTER of procedures, functions, triggers, events, libraries and packages. */

import * as K from "../keyword_ids.ts";
import type { ObjectName, Option, ProgramDetail, Security, Span, Text } from "../statement.ts";
import { T } from "../tokens.ts";
import { parseAccount } from "./accounts.ts";
import { parseType } from "./ddl_types.ts";
import { parseExpression } from "./expressions.ts";
import { P } from "./operators.ts";
import type { Walk } from "./walk.ts";

/** What stood before the word that names the kind. */
export interface ProgramPrefix extends Security {
  readonly orReplace: boolean;
}

/** The kind's word is next (PROCEDURE, FUNCTION, TRIGGER, EVENT, LIBRARY, PACKAGE). */
export function parseProgram(walk: Walk, kind: ProgramDetail["kind"], prefix: ProgramPrefix): ProgramDetail {
  walk.at++;
  if (kind === "create-package") walk.takeSpelled("BODY");
  const ifNotExists = walk.word() === K.IF && walk.word(1) === K.NOT;
  if (ifNotExists) walk.at += 3;
  const name = walk.objectName();
  const options: Option[] = [];
  const parts: Parts = {
    security: prefix.security,
    soname: undefined,
    table: undefined,
    time: undefined,
    event: undefined,
  };
  switch (kind) {
    case "create-trigger":
      parseTriggerHead(walk, parts);
      break;
    case "create-event":
    case "alter-event":
      parseEventHead(walk, options);
      break;
    default:
      if (walk.peek() === T.leftParen) walk.skipGroup();
      parseCharacteristics(walk, options, parts);
  }
  let body: Span | undefined;
  if (!walk.done()) {
    body = { start: walk.start(), end: walk.ends[walk.stop - 1]! };
    walk.at = walk.stop;
  }
  return {
    kind,
    name,
    orReplace: prefix.orReplace,
    ifNotExists,
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

interface Parts {
  security: Security["security"];
  soname: Text | undefined;
  table: ObjectName | undefined;
  time: ProgramDetail["triggerTime"];
  event: ProgramDetail["triggerEvent"];
}

/** `BEFORE INSERT ON t FOR EACH ROW [FOLLOWS x]`. */
function parseTriggerHead(walk: Walk, parts: Parts): void {
  if (walk.take(K.BEFORE)) parts.time = "before";
  else if (walk.expect(K.AFTER)) parts.time = "after";
  if (walk.take(K.INSERT)) parts.event = "insert";
  else if (walk.take(K.UPDATE)) parts.event = "update";
  else if (walk.expect(K.DELETE)) parts.event = "delete";
  walk.expect(K.ON);
  const table = walk.objectName();
  parts.table = table;
  walk.writes.push({
    start: table.start,
    end: table.end,
    action: "alter",
    table,
    alias: undefined,
    unresolved: false,
  });
  walk.expect(K.FOR);
  walk.expect(K.EACH);
  walk.expect(K.ROW);
  if (walk.take(K.FOLLOWS) || walk.take(K.PRECEDES)) walk.name();
}

/** ON SCHEDULE, ON COMPLETION, ENABLE, COMMENT, up to and including DO. */
function parseEventHead(walk: Walk, options: Option[]): void {
  while (!walk.done() && !walk.take(K.DO)) {
    const start = walk.start();
    const from = walk.at;
    if (walk.take2(K.ON, K.SCHEDULE)) {
      if (walk.take(K.EVERY)) {
        walk.root(parseExpression(walk, P.lowest));
        if (!walk.done()) walk.at++;
        while (walk.word() === K.STARTS || walk.word() === K.ENDS) {
          walk.at++;
          walk.root(parseExpression(walk, P.lowest));
        }
      } else {
        walk.expect(K.AT);
        walk.root(parseExpression(walk, P.lowest));
      }
    } else if (walk.word() === K.COMMENT) {
      walk.at++;
      walk.text();
    } else {
      // ON COMPLETION [NOT] PRESERVE, RENAME TO x, ENABLE, DISABLE [ON SLAVE]
      walk.at++;
      while (!walk.done() && EVENT_WORDS.has(walk.word())) walk.at++;
    }
    addWords(walk, options, from, start);
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

function addWords(walk: Walk, options: Option[], from: number, start: number): void {
  const end = walk.lastEnd();
  options.push({
    start,
    end,
    name: walk.wordsBetween(from, walk.at),
    value: "",
    valueSpan: { start: end, end },
  });
}

/** RETURNS, DETERMINISTIC, SQL SECURITY, COMMENT, SONAME, ... up to the body. */
function parseCharacteristics(walk: Walk, options: Option[], parts: Parts): void {
  for (;;) {
    const start = walk.start();
    const from = walk.at;
    switch (walk.word()) {
      case K.RETURNS:
        walk.at++;
        parseType(walk);
        break;
      case K.SONAME:
        walk.at++;
        parts.soname = walk.text();
        return;
      case K.COMMENT:
        walk.at++;
        walk.text();
        break;
      case K.LANGUAGE:
        walk.at++;
        if (!walk.done()) walk.at++;
        break;
      case K.NOT:
      case K.DETERMINISTIC:
        walk.take(K.NOT);
        walk.expect(K.DETERMINISTIC);
        break;
      case K.CONTAINS:
      case K.NO:
        walk.at++;
        walk.expect(K.SQL);
        break;
      case K.READS:
      case K.MODIFIES:
        walk.at++;
        walk.expect(K.SQL);
        walk.expect(K.DATA);
        break;
      case K.SQL:
        if (walk.word(1) !== K.SECURITY) return;
        parts.security = parseSecurity(walk);
        continue;
      case K.AGGREGATE:
        walk.at++;
        continue;
      case K.USING:
        // USING (libraries)
        walk.at++;
        walk.skipGroup();
        break;
      case K.AS:
        walk.at++;
        return;
      default:
        // MariaDB: RETURN type of packages' functions
        return;
    }
    addWords(walk, options, from, start);
  }
}

/** `SQL SECURITY DEFINER | INVOKER`; SQL is next. */
export function parseSecurity(walk: Walk): Security["security"] {
  const start = walk.start();
  walk.at += 2;
  const value = walk.take(K.INVOKER) ? "invoker" : walk.expect(K.DEFINER) ? "definer" : undefined;
  return value === undefined ? undefined : { start, end: walk.endFrom(start), value };
}

/** `DEFINER = user`; DEFINER is next. */
export function parseDefiner(walk: Walk): Security["definer"] {
  const start = walk.start();
  walk.at++;
  walk.takeKind(T.equal);
  // MariaDB: CURRENT_ROLE
  const account = parseAccount(walk);
  return { ...account, start };
}
