/** What every part of a statement is made of: byte spans and names. */

/** A range of bytes of the source the statement was analysed from: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A name as MySQL sees it: without its quotes, doubled quotes made one, case kept. `text` and `key` are made when first
 * read.
 */
export interface Identifier extends Span {
  readonly text: string;
  /** `text` in lower case, for comparing: function, column and alias names ignore case in MySQL. */
  readonly key: string;
  /** Written in backticks, or in double quotes under ANSI_QUOTES. */
  readonly quoted: boolean;
}

/** `name` or `schema.name`: a table, view, routine, trigger, event, sequence or index target. */
export interface ObjectName extends Span {
  readonly schema: Identifier | undefined;
  readonly name: Identifier;
}

/** A string constant that is part of a clause rather than of an expression: a comment, a password, a file name. */
export interface Text extends Span {
  /** The string's value, escapes resolved. Made when first read. Bytes that are not UTF-8 become U+FFFD. */
  readonly value: string;
}

/** One `NAME = value` of an option list, the name in upper case with single spaces (`DEFAULT CHARSET`, `ENGINE`). */
export interface Option extends Span {
  readonly name: string;
  /** Identifier or string content, number, or the words as written; empty where the option has no value. */
  readonly value: string;
  readonly valueSpan: Span;
}

/** A stretch the analyser could not account for, so that a verdict can fail closed. */
export interface Problem extends Span {
  readonly code:
    | "unknown-statement"
    | "unterminated"
    | "bad-character"
    | "unbalanced-parenthesis"
    | "unexpected-token"
    | "unexpected-end"
    | "too-deep"
    | "too-many-tokens"
    /** The rest of a stored program's body, or a text within more texts than are followed. */
    | "not-read";
  readonly message: string;
}
