/** The statements within a stored program's body, or within a compound statement that is run directly. */

import { BodyReader } from "../body/body_reader.ts";
import * as K from "../lexer/keyword_ids.ts";
import { tokenize } from "../lexer/lexer.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";
import type { SqlOptions } from "../options.ts";
import type { NestedStatement, Span } from "../statement.ts";
import { analyse, type AnalysedAs } from "./analyse.ts";

/** What is known around a body. */
export interface BodyOptions {
  /** How many statements those of the body lie within. */
  readonly level: number;
  /** Names that go before columns, as `SqlOptions.locals` has them. */
  readonly locals?: readonly string[];
}

/**
 * The statements and expressions that a body runs, each analysed. Where the body is not understood to its end, what is
 * left of it is the last one, of kind `unknown`: nothing is passed over.
 */
export function bodyStatements(
  source: Uint8Array,
  { start, end }: Span,
  outside: SqlOptions,
  { level, locals = [] }: BodyOptions,
): readonly NestedStatement[] {
  const text = source.subarray(start, end);
  const tokens = tokenize(text, outside);
  const options = withLocals(outside, [...locals, ...declaredNames(text, tokens)]);
  const found: NestedStatement[] = [];
  const add = (from: number, to: number, as: AnalysedAs): void => {
    const statement = analyse(text, tokens, options, { from, to, level, as });
    found.push({ start: start + statement.start, end: start + statement.end, statement });
  };
  const reader = new BodyReader(0, {
    statement: (from, to) => add(from, to, "statement"),
    expression: (from, to) => {
      if (evaluates(tokens, from, to)) add(from, to, "expression");
    },
  });
  if (!reader.finish(tokens, tokens.length)) add(reader.failedAt, tokens.length, "unread");
  return found;
}

/** Whether an expression may do anything but look at values: a call, a subquery or an assignment is in it. */
function evaluates(tokens: TokenBuffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const kind = tokens.kind[at]!;
    if (kind === T.leftParen || kind === T.assign || kind === T.systemVariable) return true;
  }
  return false;
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
