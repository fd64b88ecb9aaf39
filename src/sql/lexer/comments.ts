import * as K from "./keyword_ids.ts";
import type { SqlOptions } from "../options.ts";
import { Class } from "./char_class.ts";
import { inspectComment } from "./quotes.ts";
import { isDigit } from "./scan.ts";
import type { TokenBuffer } from "./token_buffer.ts";
import { C, Oddity } from "./tokens.ts";

/** End of a comment that runs to the end of its line; a NUL ends it too. */
function lineCommentEnd(bytes: Uint8Array, at: number, to: number): number {
  let p = at;
  while (p < to && bytes[p] !== 0x0a && bytes[p] !== 0) p++;
  return p;
}

/**
 * End of a block comment whose content begins at `at`, or -1 where it is not closed. With `nested`, one level of inner
 * comments is passed over, as MySQL does in a versioned comment that it skips.
 */
function blockCommentEnd(
  bytes: Uint8Array,
  at: number,
  to: number,
  nested: boolean,
  tokens: TokenBuffer,
): number {
  let p = at;
  while (p < to) {
    const byte = bytes[p++];
    if (byte === 0x2a) {
      if (p < to && bytes[p] === 0x2f) return p + 1;
    } else if (byte === 0x2f && p < to && bytes[p] === 0x2a) {
      if ((tokens.oddities & Oddity.nestedComment) === 0) tokens.addOddity(Oddity.nestedComment, p - 1);
      if (nested) {
        p = blockCommentEnd(bytes, p + 1, to, false, tokens);
        if (p < 0) return -1;
      }
    }
  }
  return -1;
}

/** What the comment that begins at `at` (with slash-star) is, before versions are looked at: a kind of C. */
function commentShape(bytes: Uint8Array, at: number, to: number): number {
  const third = at + 2 < to ? bytes[at + 2] : 0;
  if (third === 0x21) return C.executable;
  if (third === 0x2b) return C.strayHint;
  if (third === 0x76 && at + 4 < to && bytes[at + 3] === 0x74 && bytes[at + 4] === 0x2b) return C.directive;
  if (third === 0x4d && at + 3 < to && bytes[at + 3] === 0x21) return C.skipped;
  return C.block;
}

/** Where the code of an executable comment begins whose version would stand at `at`; 0 where it is not for us. */
function versionEnd(
  bytes: Uint8Array,
  at: number,
  to: number,
  mariadbOnly: boolean,
  options: SqlOptions,
  classes: Uint8Array,
): number {
  let p = at;
  let version = 0;
  while (p < to && p < at + 5 && isDigit(bytes[p]!)) version = version * 10 + bytes[p++]! - 0x30;
  if (p < at + 5) return at;
  const mariadb = options.dialect === "mariadb";
  if (p < to && isDigit(bytes[p]!)) {
    const after = p + 1 < to ? classes[bytes[p + 1]!] : Class.stray;
    if (mariadb || after === Class.space) version = version * 10 + bytes[p++]! - 0x30;
  }
  if (version > options.serverVersion) return 0;
  if (mariadb && !mariadbOnly && version >= 50700 && version <= 99999) return 0;
  return p;
}

/** Whether MySQL reads an optimizer hint after this keyword. */
function takesHints(keyword: number): boolean {
  return keyword === K.SELECT || keyword === K.INSERT || keyword === K.UPDATE || keyword === K.DELETE ||
    keyword === K.REPLACE;
}

/** Passes over comments, and remembers an executable one that is open. */
export class CommentReader {
  /** In an executable comment that is code here. */
  executable = false;

  readonly #options: SqlOptions;
  readonly #classes: Uint8Array;
  readonly #utf8: boolean;
  /** Where the open executable comment began, and its place in the list of comments. */
  #openedAt = 0;
  #index = 0;

  constructor(options: SqlOptions, classes: Uint8Array) {
    this.#options = options;
    this.#classes = classes;
    this.#utf8 = options.charset === "utf8mb4";
  }

  /** Ends the open executable comment at `end`; `missing` where the text ended before its star-slash. */
  close(tokens: TokenBuffer, end: number, missing: boolean): void {
    if (missing) tokens.addOddity(Oddity.unterminatedComment, this.#openedAt);
    this.executable = false;
    if (this.#index < tokens.commentCount) tokens.commentEnd[this.#index] = end;
  }

  /** Passes over a comment that runs to the end of its line. */
  line(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer): number {
    const end = lineCommentEnd(bytes, at + 1, to);
    tokens.addComment(C.line, at, end);
    if (this.#utf8) inspectComment(bytes, at, end, tokens);
    return end;
  }

  /** Passes over a comment, or only over the opening of one that is code. `before` is the keyword in front of it. */
  block(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer, before: number): number {
    let shape = commentShape(bytes, at, to);
    let nested = false;
    if (shape === C.strayHint && takesHints(before)) shape = C.hint;
    if (shape === C.executable || (shape === C.skipped && this.#options.dialect === "mariadb")) {
      const content = versionEnd(
        bytes,
        at + (shape === C.executable ? 3 : 4),
        to,
        shape === C.skipped,
        this.#options,
        this.#classes,
      );
      if (content > 0) {
        if (!this.executable) {
          this.#openedAt = at;
          this.#index = tokens.commentCount;
          tokens.addComment(C.executable, at, to);
        } else if ((tokens.oddities & Oddity.nestedComment) === 0) tokens.addOddity(Oddity.nestedComment, at);
        this.executable = true;
        return content;
      }
      nested = true;
      shape = C.skipped;
    }
    let end = blockCommentEnd(bytes, at + 2, to, nested, tokens);
    if (end < 0) {
      tokens.addOddity(Oddity.unterminatedComment, at);
      end = to;
    }
    tokens.addComment(shape, at, end);
    if (this.#utf8) inspectComment(bytes, at, end, tokens);
    return end;
  }
}
