/** The statements within a stored program's body, or within a compound statement that is run directly. */

import * as K from "../lexer/keyword_ids.ts";
import { tokenize } from "../lexer/lexer.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";
import type { SqlOptions } from "../options.ts";
import type { Span, Statement } from "../statement.ts";
import { analyse } from "./analyse.ts";

/** Statements of a body that are looked at; who writes more of them keeps them in a file of their own. */
const MOST_STATEMENTS = 1000;

/** What is known around a body. */
export interface BodyOptions {
  readonly level: number;
  /** Names that go before columns, as `SqlOptions.locals` has them. */
  readonly locals?: readonly string[];
}

/** One statement of a body, and where it stands in the text around it. */
export interface BodyStatement extends Span {
  readonly statement: Statement;
}

/**
 * The statements in `source` between `start` and `end`, each by its first words: what is left of it when BEGIN, IF ... THEN,
 * labels, handlers and loops are taken away. Declarations and control are none.
 */
export function bodyStatements(
  source: Uint8Array,
  { start, end }: Span,
  outside: SqlOptions,
  { level, locals = [] }: BodyOptions,
): readonly BodyStatement[] {
  const text = source.subarray(start, end);
  const tokens = tokenize(text, outside);
  const options = withLocals(outside, [...locals, ...declaredNames(text, tokens)]);
  const found: BodyStatement[] = [];
  let at = 0;
  let begins = true;
  while (at < tokens.length && found.length < MOST_STATEMENTS) {
    if (tokens.kind[at] === T.semicolon) begins = true;
    else if (!begins) begins = endsCondition(tokens, at);
    else if (tokens.kind[at + 1] === T.colon) at++;
    else {
      const to = controlTo(tokens, at);
      if (to > at) {
        at = to;
        continue;
      }
      begins = false;
      if (to === at) {
        const stop = statementEnd(tokens, at);
        const statement = analyse(text, tokens, options, { from: at, to: stop, level });
        if (!CONTROL_KINDS.has(statement.kind)) {
          found.push({ start: start + statement.start, end: start + statement.end, statement });
        }
        at = stop;
        continue;
      }
    }
    at++;
  }
  return found;
}

function withLocals(options: SqlOptions, names: readonly string[]): SqlOptions {
  return names.length === 0 ? options : { ...options, locals: new Set(names) };
}

/** `DECLARE a, b INT`: the names, in lower case. Where in the body they hold is not told apart. */
function declaredNames(text: Uint8Array, tokens: TokenBuffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (tokens.keyword[at] !== K.DECLARE) continue;
    do {
      at++;
      if (at >= tokens.length) break;
      names.push(nameOf(text, tokens, at));
      at++;
    } while (tokens.kind[at] === T.comma);
  }
  return names;
}

function nameOf(text: Uint8Array, tokens: TokenBuffer, at: number): string {
  const name = decoder.decode(text.subarray(tokens.start[at], tokens.end[at]));
  return name.replace(/^`(.*)`$/s, "$1").toLowerCase();
}

const decoder = new TextDecoder();

/** What says nothing of tables or rows. */
const CONTROL_KINDS: ReadonlySet<Statement["kind"]> = new Set(["compound", "set"]);

/** Words behind which a statement begins when they end a condition: `IF x THEN`, `WHILE x DO`, `WHEN x THEN`. */
function endsCondition(tokens: TokenBuffer, at: number): boolean {
  const word = tokens.keyword[at];
  return word === K.THEN || word === K.ELSE || word === K.DO || word === K.LOOP;
}

/**
 * Where a statement begins behind the words of control at `at`; `at` itself where it is one; -1 where none begins before
 * the end of a condition or the next semicolon.
 */
function controlTo(tokens: TokenBuffer, at: number): number {
  const { keyword } = tokens;
  switch (keyword[at]) {
    case K.BEGIN:
      // BEGIN NOT ATOMIC
      return keyword[at + 1] === K.NOT ? at + 3 : at + 1;
    case K.ELSE:
    case K.LOOP:
    case K.REPEAT:
      return at + 1;
    case K.DECLARE:
      return handlerStatement(tokens, at);
    case K.IF:
    case K.ELSEIF:
    case K.CASE:
    case K.WHEN:
    case K.WHILE:
    case K.FOR:
    case K.UNTIL:
    case K.END:
    case K.RETURN:
    case K.LEAVE:
    case K.ITERATE:
    case K.OPEN:
    case K.CLOSE:
    case K.FETCH:
      return -1;
    default:
      return at;
  }
}

/** `DECLARE CONTINUE HANDLER FOR SQLSTATE '42000', NOT FOUND statement`; -1 for other declarations. */
function handlerStatement(tokens: TokenBuffer, from: number): number {
  const { kind, keyword, length } = tokens;
  let at = from + 1;
  if (keyword[at + 1] !== K.HANDLER || keyword[at + 2] !== K.FOR) return -1;
  for (at += 3; at < length && kind[at] !== T.semicolon; at++) {
    if (kind[at] !== T.keyword) continue;
    switch (keyword[at]) {
      case K.SQLEXCEPTION:
      case K.SQLWARNING:
      case K.SQLSTATE:
      case K.VALUE:
      case K.NOT:
      case K.FOUND:
        continue;
    }
    return at;
  }
  return -1;
}

/** The next semicolon. */
function statementEnd(tokens: TokenBuffer, from: number): number {
  let at = from;
  while (at < tokens.length && tokens.kind[at] !== T.semicolon) at++;
  return at;
}
