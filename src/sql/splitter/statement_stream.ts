import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import { StatementReader } from "./statement_reader.ts";

/** Bytes of text held at first; more only where one statement is longer. */
const INITIAL_BYTES = 1 << 20;

/**
 * Splits a text of any size that comes in chunks, holding no more of it than the longest statement:
 *
 *     for await (const chunk of file) { stream.push(chunk); while (stream.next()) use(stream); }
 *     stream.end(); while (stream.next()) use(stream);
 *
 * After `next` has returned true, the fields tell of one statement until the next call of `push` or `next`.
 */
export class StatementStream {
  /** The bytes that {@link tokens} and the offsets of {@link reader} refer to. */
  bytes: Uint8Array;
  /** Where `bytes[0]` is in the whole text: add it to an offset for the place in the file. */
  base = 0;
  /** Line of the statement's first byte, from 1. */
  line = 1;
  /** Bytes from the line's beginning to the statement's first byte, from 1. */
  column = 1;
  readonly reader: StatementReader;

  #length = 0;
  #at = 0;
  #ended = false;
  /** Bytes that must be there before reading is tried again, so that a long statement is not read for each chunk. */
  #needed = 0;
  /** How far lines are counted, and where the line there began. */
  #counted = 0;
  #lineNumber = 1;
  #lineStart = 0;

  /** `initialBytes` of text are held at first; a text known to be smaller needs no more. */
  constructor(options: SqlOptions = DEFAULT_SQL_OPTIONS, initialBytes = INITIAL_BYTES) {
    this.bytes = new Uint8Array(Math.min(initialBytes, INITIAL_BYTES));
    this.reader = new StatementReader(options);
  }

  /** Tokens of the statement. */
  get tokens(): TokenBuffer {
    return this.reader.tokens;
  }

  /** Adds text. */
  push(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.bytes.length) this.#makeRoom(chunk.length);
    this.bytes.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Tells that there is no more text. */
  end(): void {
    this.#ended = true;
  }

  /** Goes to the next statement; false where more text is needed, or after {@link end}, where there is none. */
  next(): boolean {
    if (!this.#ended && this.#length - this.#at < this.#needed) return false;
    const { reader } = this;
    const found = reader.next(this.bytes, this.#at, this.#length, this.#ended);
    this.#at = reader.resumeAt;
    if (!found) {
      this.#needed = (this.#length - this.#at) * 2;
      return false;
    }
    this.#needed = 0;
    this.#countLines(reader.start);
    this.line = this.#lineNumber;
    this.column = this.base + reader.start - this.#lineStart + 1;
    return true;
  }

  #makeRoom(wanted: number): void {
    const kept = this.#length - this.#at;
    this.#countLines(this.#at);
    const bytes = kept + wanted > this.bytes.length
      ? new Uint8Array(Math.max(this.bytes.length * 2, kept + wanted))
      : this.bytes;
    if (bytes === this.bytes) bytes.copyWithin(0, this.#at, this.#length);
    else bytes.set(this.bytes.subarray(this.#at, this.#length));
    this.bytes = bytes;
    this.base += this.#at;
    this.#counted -= this.#at;
    this.#length = kept;
    this.#at = 0;
  }

  #countLines(to: number): void {
    let p = this.#counted;
    while (p < to) {
      const end = this.bytes.indexOf(0x0a, p);
      if (end < 0 || end >= to) break;
      p = end + 1;
      this.#lineNumber++;
      this.#lineStart = this.base + p;
    }
    this.#counted = Math.max(this.#counted, to);
  }
}
