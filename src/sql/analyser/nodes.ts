/** Names and literals: spans that decode themselves when read. */

import type {
  BinaryLiteral,
  Identifier,
  NumberLiteral,
  ObjectName,
  StringLiteral,
  Text,
} from "../statement.ts";

const UTF8 = new TextDecoder("utf-8");

const BACKTICK = 0x60;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;

/** Bytes as text: ASCII without a decoder, as most names are short. */
export function decodeBytes(source: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return UTF8.decode(source.subarray(start, end));
  let text = "";
  for (let index = start; index < end; index++) {
    const code = source[index]!;
    if (code > 127) return UTF8.decode(source.subarray(start, end));
    text += String.fromCharCode(code);
  }
  return text;
}

/** A quoted token's value: quotes off, doubled quotes made one, backslash escapes resolved where `escapes` says so. */
export function decodeQuoted(source: Uint8Array, start: number, end: number, escapes: boolean): string {
  let from = start;
  while (from < end && !isQuote(source[from]!)) from++;
  if (from >= end) return decodeBytes(source, start, end);
  const quote = source[from]!;
  const to = end - 1 > from && source[end - 1] === quote ? end - 1 : end;
  from++;
  let plain = true;
  for (let index = from; index < to && plain; index++) {
    plain = source[index] !== quote && (!escapes || source[index] !== BACKSLASH);
  }
  if (plain) return decodeBytes(source, from, to);
  const bytes = new Uint8Array(to - from);
  let length = 0;
  for (let index = from; index < to; index++) {
    const code = source[index]!;
    if (code === quote && source[index + 1] === quote) index++;
    if (code === BACKSLASH && escapes && index + 1 < to) {
      const next = source[++index]!;
      // \% and \_ keep their backslash: they mean something to LIKE alone.
      if (next === 0x25 || next === 0x5f) bytes[length++] = BACKSLASH;
      bytes[length++] = ESCAPED[next] ?? next;
    } else {
      bytes[length++] = code;
    }
  }
  return decodeBytes(bytes, 0, length);
}

/** What the character after a backslash stands for, where it is not itself. */
const ESCAPED: Readonly<Record<number, number>> = {
  0x30: 0x00,
  0x62: 0x08,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
  0x5a: 0x1a,
};

function isQuote(code: number): boolean {
  return code === SINGLE_QUOTE || code === DOUBLE_QUOTE || code === BACKTICK;
}

/** A name; see `Identifier`. */
export class Name implements Identifier {
  #text: string | undefined;
  #key: string | undefined;
  readonly #source: Uint8Array;

  constructor(
    source: Uint8Array,
    readonly start: number,
    readonly end: number,
    readonly quoted: boolean,
    /** A string used as a name (`SELECT 1 AS 'one'`, `'u'@'h'`), with backslash escapes. */
    readonly escapes = false,
  ) {
    this.#source = source;
  }

  get text(): string {
    return this.#text ??= this.quoted || this.escapes
      ? decodeQuoted(this.#source, this.start, this.end, this.escapes)
      : decodeBytes(this.#source, this.start, this.end);
  }

  get key(): string {
    return this.#key ??= this.text.toLowerCase();
  }
}

/** `name` or `schema.name`. */
export class QualifiedName implements ObjectName {
  readonly start: number;
  readonly end: number;

  constructor(readonly schema: Identifier | undefined, readonly name: Identifier) {
    this.start = schema === undefined ? name.start : schema.start;
    this.end = name.end;
  }
}

/** The current schema, in front of a name that none is written for: a span of no bytes. */
export function impliedSchema(schema: string, at: number): Identifier {
  return { start: at, end: at, text: schema, key: schema, quoted: false };
}

/** Whether a schema is written before a name. */
export function isQualified({ schema }: ObjectName): boolean {
  return schema !== undefined && schema.end > schema.start;
}

/** A string of a clause; see `Text`. */
export class ClauseText implements Text {
  #value: string | undefined;
  readonly #source: Uint8Array;
  readonly #escapes: boolean;

  constructor(source: Uint8Array, readonly start: number, readonly end: number, escapes: boolean) {
    this.#source = source;
    this.#escapes = escapes;
  }

  get value(): string {
    return this.#value ??= decodeQuoted(this.#source, this.start, this.end, this.#escapes);
  }
}

/** A string in an expression, of one piece or several. */
export class StringNode implements StringLiteral {
  readonly type = "string";
  #value: string | undefined;
  readonly #source: Uint8Array;
  readonly #escapes: boolean;
  /** Starts and ends of the pieces where there are several. */
  readonly #pieces: readonly number[] | undefined;
  readonly #introducerEnd: number;

  constructor(
    source: Uint8Array,
    readonly start: number,
    readonly end: number,
    escapes: boolean,
    pieces: readonly number[] | undefined,
    /** Where the introducer ends, or `start` where there is none. */
    introducerEnd: number,
  ) {
    this.#source = source;
    this.#escapes = escapes;
    this.#pieces = pieces;
    this.#introducerEnd = introducerEnd;
  }

  get introducer(): string | undefined {
    return this.#introducerEnd === this.start
      ? undefined
      : decodeBytes(this.#source, this.start + 1, this.#introducerEnd).toLowerCase();
  }

  get value(): string {
    return this.#value ??= this.#decode();
  }

  #decode(): string {
    const pieces = this.#pieces;
    if (pieces === undefined) return decodeQuoted(this.#source, this.#introducerEnd, this.end, this.#escapes);
    const parts: string[] = [];
    for (let index = 0; index < pieces.length; index += 2) {
      parts.push(decodeQuoted(this.#source, pieces[index]!, pieces[index + 1]!, this.#escapes));
    }
    return parts.join("");
  }
}

/** A number in an expression. */
export class NumberNode implements NumberLiteral {
  readonly type = "number";
  readonly #source: Uint8Array;

  constructor(
    source: Uint8Array,
    readonly start: number,
    readonly end: number,
    readonly form: "integer" | "decimal" | "float",
  ) {
    this.#source = source;
  }

  get text(): string {
    return decodeBytes(this.#source, this.start, this.end);
  }

  get value(): number {
    return Number(this.text);
  }
}

/** A hexadecimal or bit literal. */
export class BinaryNode implements BinaryLiteral {
  readonly #source: Uint8Array;

  constructor(
    source: Uint8Array,
    readonly start: number,
    readonly end: number,
    readonly type: "hex" | "bit",
    readonly introducer: string | undefined = undefined,
  ) {
    this.#source = source;
  }

  get digits(): string {
    const text = decodeBytes(this.#source, this.start, this.end);
    const quote = text.indexOf("'");
    return quote < 0
      ? text.slice(text.indexOf(this.type === "hex" ? "x" : "b") + 1)
      : text.slice(quote + 1, -1);
  }

  get value(): string {
    const digits = this.digits;
    const width = this.type === "hex" ? 2 : 8;
    const padded = digits.padStart(Math.ceil(digits.length / width) * width, "0");
    let text = "";
    for (let index = 0; index < padded.length; index += width) {
      text += String.fromCharCode(parseInt(padded.slice(index, index + width), width === 2 ? 16 : 2));
    }
    return text;
  }
}
