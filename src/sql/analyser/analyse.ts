/** The statement analyser: tokens in, facts out. Total: any tokens give a statement, in time linear in their number. */

import * as K from "../keyword_ids.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import type { Comment, CommonTable, Statement, StatementFacts } from "../statement.ts";
import type { TokenBuffer } from "../token_buffer.ts";
import { C, Oddity, T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { type Frame, makeStatement, type PlainDetail } from "./facts.ts";
import { decodeBytes } from "./nodes.ts";
import { parseByVerb } from "./verbs.ts";
import { Walk } from "./walk.ts";

/**
 * Analyses one statement: tokens `from` up to but not including `to` of a text. A semicolon at its end is left out.
 *
 * @param source The bytes the tokens were read from; the statement refers to them, and so do its names and texts.
 */
export function analyse(
  source: Uint8Array,
  tokens: TokenBuffer,
  options: SqlOptions = DEFAULT_SQL_OPTIONS,
  from = 0,
  to: number = tokens.length,
): Statement {
  let stop = to;
  while (stop > from && tokens.kind[stop - 1] === T.semicolon) stop--;
  const walk = new Walk(source, tokens, options, from, stop);
  const start = stop > from ? tokens.start[from]! : 0;
  const end = stop > from ? tokens.end[stop - 1]! : 0;
  noteOddities(walk, tokens, start, end);
  return analyseFrom(walk, tokens, start, end);
}

/** A statement from where the walk stands: the whole, or what EXPLAIN is about. */
function analyseFrom(walk: Walk, tokens: TokenBuffer, start: number, end: number): Statement {
  const context = {
    ctes: NONE as readonly CommonTable[],
    analyzed: false,
    inner: () => analyseInner(walk, tokens, end),
  };
  const verbStart = walk.start();
  const first = walk.at;
  const detail: PlainDetail = parseByVerb(walk, context);
  if (!walk.done() && detail.kind !== "unknown" && detail.kind !== "vitess" && detail.kind !== "compound") {
    walk.unexpected();
  }
  const frame: Frame = {
    verb: { start: verbStart, end: verbEnd(walk, first) },
    ctes: context.ctes,
    analyzed: context.analyzed,
    hints: tokens.commentCount === 0 ? NONE : hintsOf(walk, tokens, start, end),
    comments: tokens.commentCount === 0 ? NONE : commentsOf(walk, tokens),
    oddities: tokens.oddities === 0 ? NONE : odditiesOf(walk, tokens),
  };
  return makeStatement(walk, frame, start, end, detail);
}

/** The statement that EXPLAIN or SET STATEMENT is about. One within another is as far as any server goes. */
function analyseInner(walk: Walk, tokens: TokenBuffer, end: number): Statement {
  if (walk.depth > 1) {
    walk.unexpected();
    walk.at = walk.stop;
  }
  walk.depth++;
  const statement = analyseFrom(walk, tokens, walk.start(), end);
  walk.depth--;
  return statement;
}

/** Where the leading word ends, or the second where the first alone says little. */
function verbEnd(walk: Walk, first: number): number {
  if (first >= walk.stop) return walk.lastEnd();
  const second = first + 1 < walk.stop && walk.kind[first + 1] === T.keyword;
  const keyword = walk.keywords[first]!;
  const pair = keyword === K.DELETE && walk.keywords[first + 1] === K.FROM ||
    keyword === K.INSERT && walk.keywords[first + 1] === K.INTO ||
    keyword === K.REPLACE && walk.keywords[first + 1] === K.INTO ||
    keyword === K.CREATE || keyword === K.ALTER || keyword === K.DROP || keyword === K.LOAD ||
    keyword === K.RENAME || keyword === K.TRUNCATE || keyword === K.LOCK || keyword === K.SHOW;
  return walk.ends[pair && second ? first + 1 : first]!;
}

function hintsOf(walk: Walk, tokens: TokenBuffer, start: number, end: number): Frame["hints"] {
  const hints = [];
  for (let index = 0; index < tokens.commentCount; index++) {
    const from = tokens.commentStart[index]!;
    if (tokens.commentKind[index] !== C.hint || from < start || from >= end) continue;
    const to = tokens.commentEnd[index]!;
    hints.push({ start: from, end: to, text: decodeBytes(walk.source, from + 3, to - 2).trim() });
  }
  return hints.length === 0 ? NONE : hints;
}

/** The comments around the walk's tokens. */
function commentsOf(walk: Walk, tokens: TokenBuffer): readonly Comment[] {
  const comments: Comment[] = [];
  for (let index = 0; index < tokens.commentCount; index++) {
    const before = tokens.commentToken[index]!;
    const kind = COMMENT_KINDS[tokens.commentKind[index]!];
    if (kind === undefined || before < walk.from || before > walk.stop) continue;
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

function odditiesOf(walk: Walk, tokens: TokenBuffer): StatementFacts["oddities"] {
  const from = walk.from === 0 ? 0 : tokens.start[walk.from]!;
  const to = walk.stop >= tokens.length ? Infinity : tokens.end[walk.stop]!;
  const oddities = [];
  for (let index = 0; index < tokens.oddityCount; index++) {
    const offset = tokens.oddityOffset[index]!;
    if (offset >= from && offset <= to) oddities.push({ kind: tokens.oddityKind[index]!, offset });
  }
  return oddities;
}

/** What the lexer could not account for, where it lies in this statement. */
function noteOddities(walk: Walk, tokens: TokenBuffer, start: number, end: number): void {
  if (tokens.oddities === 0) return;
  for (let index = 0; index < tokens.oddityCount; index++) {
    const offset = tokens.oddityOffset[index]!;
    // A comment left open, or a text of nothing else, lies after the last token.
    const atEnd = walk.stop >= tokens.length && offset > end;
    if (offset < start || (offset > end && !atEnd)) continue;
    switch (tokens.oddityKind[index]) {
      case Oddity.unbalancedParens:
        walk.problem("unbalanced-parenthesis", offset, offset + 1, "This parenthesis has no match");
        break;
      case Oddity.unterminatedString:
      case Oddity.unterminatedIdentifier:
      case Oddity.unterminatedComment:
        walk.problem("unterminated", offset, Math.max(end, offset + 1), "A quote or comment is not closed");
        break;
      case Oddity.nulByte:
      case Oddity.invalidByte:
      case Oddity.strayCharacter:
      case Oddity.malformedLiteral:
        walk.problem("bad-character", offset, offset + 1, "A character that begins no token");
        break;
      case Oddity.tooManyTokens:
        walk.problem("too-many-tokens", offset, end, "The statement has more tokens than are looked at");
        break;
    }
  }
}
