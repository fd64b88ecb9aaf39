/** The statement analyser: tokens in, facts out. Total: any tokens give a statement, in time linear in their number. */

import * as K from "../lexer/keyword_ids.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { C, Oddity, T } from "../lexer/tokens.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import type { Comment, CommonTable, Span, Statement, StatementFacts } from "../statement.ts";
import { NONE } from "./block.ts";
import { Cursor } from "./cursor.ts";
import { type Frame, makeStatement, type ParsedDetail } from "./facts.ts";
import { decodeBytes } from "./nodes.ts";
import { parseRoot } from "./expressions.ts";
import { parseByVerb } from "./verbs.ts";

/** What part of a text is analysed, and what it is part of. */
export interface AnalyseOptions {
  /** Index of the first token; 0 where not given. */
  readonly from?: number;
  /** Index past the last token; all of them where not given. */
  readonly to?: number;
  /** How many statements this one lies within: a text that another prepares, a stored program's body. */
  readonly level?: number;
  readonly as?: AnalysedAs;
}

/**
 * What the tokens are taken for: a statement, an expression that is evaluated for itself (which becomes a DO), or a text that
 * cannot be read, whatever it looks like.
 */
export type AnalysedAs = "statement" | "expression" | "unread";

/**
 * Analyses one statement: tokens `from` up to but not including `to` of a text. A semicolon at its end is left out.
 *
 * @param source The bytes the tokens were read from; the statement refers to them, and so do its names and texts.
 */
export function analyse(
  source: Uint8Array,
  tokens: TokenBuffer,
  options: SqlOptions = DEFAULT_SQL_OPTIONS,
  { from = 0, to = tokens.length, level = 0, as = "statement" }: AnalyseOptions = {},
): Statement {
  let stop = to;
  while (stop > from && tokens.kind[stop - 1] === T.semicolon) stop--;
  const cursor = new Cursor(source, tokens, options, { from, stop, level });
  const start = stop > from ? tokens.start[from]! : 0;
  const end = stop > from ? tokens.end[stop - 1]! : 0;
  noteOddities(cursor, tokens, start, end);
  return analyseFrom(cursor, tokens, { start, end, as });
}

/** A statement from where the cursor stands: the whole, or what EXPLAIN is about. */
function analyseFrom(
  cursor: Cursor,
  tokens: TokenBuffer,
  { start, end, as }: Span & { readonly as: AnalysedAs },
): Statement {
  const context = {
    ctes: NONE as readonly CommonTable[],
    analyzed: false,
    inner: () => analyseInner(cursor, tokens, end),
  };
  const verbStart = cursor.start();
  const first = cursor.at;
  const detail = as === "statement" ? parseByVerb(cursor, context) : parseAs(cursor, as);
  if (!cursor.done() && detail.kind !== "unknown" && detail.kind !== "vitess" && detail.kind !== "compound") {
    cursor.unexpected();
  }
  const frame: Frame = {
    verb: { start: verbStart, end: verbEnd(cursor, first) },
    ctes: context.ctes,
    analyzed: context.analyzed,
    hints: tokens.commentCount === 0 ? NONE : hintsOf(cursor, tokens, start, end),
    comments: tokens.commentCount === 0 ? NONE : commentsOf(cursor, tokens),
    oddities: tokens.oddities === 0 ? NONE : odditiesOf(cursor, tokens),
  };
  return makeStatement(cursor, frame, start, end, detail);
}

/** An expression by itself, or what cannot be read. */
function parseAs(cursor: Cursor, as: "expression" | "unread"): ParsedDetail {
  if (as === "expression") {
    cursor.clause = "other";
    return { kind: "do", expressions: [parseRoot(cursor)] };
  }
  cursor.problem("not-read", cursor.start(), cursor.ends[cursor.stop - 1] ?? cursor.start(), NOT_READ);
  cursor.at = cursor.stop;
  return { kind: "unknown", words: "" };
}

const NOT_READ = "From here on the body is not understood";

/** The statement that EXPLAIN or SET STATEMENT is about. One within another is as far as any server goes. */
function analyseInner(cursor: Cursor, tokens: TokenBuffer, end: number): Statement {
  if (cursor.depth > 1) {
    cursor.unexpected();
    cursor.at = cursor.stop;
  }
  cursor.depth++;
  const statement = analyseFrom(cursor, tokens, { start: cursor.start(), end, as: "statement" });
  cursor.depth--;
  return statement;
}

/** Where the leading word ends, or the second where the first alone says little. */
function verbEnd(cursor: Cursor, first: number): number {
  if (first >= cursor.stop) return cursor.lastEnd();
  const second = first + 1 < cursor.stop && cursor.kind[first + 1] === T.keyword;
  const keyword = cursor.keywords[first]!;
  const pair = keyword === K.DELETE && cursor.keywords[first + 1] === K.FROM ||
    keyword === K.INSERT && cursor.keywords[first + 1] === K.INTO ||
    keyword === K.REPLACE && cursor.keywords[first + 1] === K.INTO ||
    keyword === K.CREATE || keyword === K.ALTER || keyword === K.DROP || keyword === K.LOAD ||
    keyword === K.RENAME || keyword === K.TRUNCATE || keyword === K.LOCK || keyword === K.SHOW;
  return cursor.ends[pair && second ? first + 1 : first]!;
}

function hintsOf(cursor: Cursor, tokens: TokenBuffer, start: number, end: number): Frame["hints"] {
  const hints = [];
  for (let index = 0; index < tokens.commentCount; index++) {
    const from = tokens.commentStart[index]!;
    if (tokens.commentKind[index] !== C.hint || from < start || from >= end) continue;
    const to = tokens.commentEnd[index]!;
    hints.push({ start: from, end: to, text: decodeBytes(cursor.source, from + 3, to - 2).trim() });
  }
  return hints.length === 0 ? NONE : hints;
}

/** The comments around the cursor's tokens. */
function commentsOf(cursor: Cursor, tokens: TokenBuffer): readonly Comment[] {
  const comments: Comment[] = [];
  for (let index = 0; index < tokens.commentCount; index++) {
    const before = tokens.commentToken[index]!;
    const kind = COMMENT_KINDS[tokens.commentKind[index]!];
    if (kind === undefined || before < cursor.from || before > cursor.stop) continue;
    comments.push({ start: tokens.commentStart[index]!, end: tokens.commentEnd[index]!, kind });
  }
  return comments;
}

const COMMENT_KINDS: Readonly<Record<number, Comment["kind"]>> = {
  [C.line]: "line",
  [C.block]: "block",
  [C.hint]: "hint",
  [C.strayHint]: "stray-hint",
  [C.directive]: "directive",
  [C.executable]: "executable",
  [C.skipped]: "skipped",
};

function odditiesOf(cursor: Cursor, tokens: TokenBuffer): StatementFacts["oddities"] {
  const from = cursor.from === 0 ? 0 : tokens.start[cursor.from]!;
  const to = cursor.stop >= tokens.length ? Infinity : tokens.end[cursor.stop]!;
  const oddities = [];
  for (let index = 0; index < tokens.oddityCount; index++) {
    const offset = tokens.oddityOffset[index]!;
    if (offset >= from && offset <= to) oddities.push({ kind: tokens.oddityKind[index]!, offset });
  }
  return oddities;
}

/** What the lexer could not account for, where it lies in this statement. */
function noteOddities(cursor: Cursor, tokens: TokenBuffer, start: number, end: number): void {
  if (tokens.oddities === 0) return;
  for (let index = 0; index < tokens.oddityCount; index++) {
    const offset = tokens.oddityOffset[index]!;
    // A comment left open, or a text of nothing else, lies after the last token.
    const atEnd = cursor.stop >= tokens.length && offset > end;
    if (offset < start || (offset > end && !atEnd)) continue;
    switch (tokens.oddityKind[index]) {
      case Oddity.unbalancedParens:
        cursor.problem("unbalanced-parenthesis", offset, offset + 1, "This parenthesis has no match");
        break;
      case Oddity.unterminatedString:
      case Oddity.unterminatedIdentifier:
      case Oddity.unterminatedComment:
        cursor.problem("unterminated", offset, Math.max(end, offset + 1), "A quote or comment is not closed");
        break;
      case Oddity.nulByte:
      case Oddity.invalidByte:
      case Oddity.strayCharacter:
      case Oddity.malformedLiteral:
        cursor.problem("bad-character", offset, offset + 1, "A character that begins no token");
        break;
      case Oddity.tooManyTokens:
        cursor.problem("too-many-tokens", offset, end, "The statement has more tokens than are looked at");
        break;
    }
  }
}
