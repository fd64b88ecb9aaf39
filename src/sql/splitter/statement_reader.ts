import { delimiterCommand, NEED_MORE } from "./client_command.ts";
import { CompoundTracker } from "./compound.ts";
import { Lexer } from "../lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import { TokenBuffer } from "../lexer/token_buffer.ts";
import { C, T } from "../lexer/tokens.ts";

/**
 * Reads a text statement by statement. After `next` has returned true, the fields tell of the statement and `tokens`
 * holds its tokens, without what ended it; both until the next call. Offsets are into the bytes given.
 *
 * A server's text ends statements at semicolons outside of stored programs' bodies. A client file (`clientFile`) has
 * DELIMITER too.
 */
export class StatementReader {
  readonly tokens = new TokenBuffer();
  /** Where the statement itself begins and ends: no white space or comments around it, executable ones excepted. */
  start = 0;
  end = 0;
  /** Where what belongs to it begins: right after the last statement's end, comments included. */
  from = 0;
  /** Where the next statement is to be looked for. */
  resumeAt = 0;
  /** Whether a semicolon or delimiter ended it, rather than the text. */
  terminated = false;
  /** Whether the text ended within a stored program's body. */
  insideBody = false;

  readonly #options: SqlOptions;
  readonly #lexer: Lexer;
  readonly #compound = new CompoundTracker();
  /** The delimiter, where it is not the semicolon. */
  #delimiter: Uint8Array | undefined;

  constructor(options: SqlOptions = DEFAULT_SQL_OPTIONS) {
    this.#options = options;
    this.#lexer = new Lexer(options);
  }

  /**
   * Reads the next statement in bytes `from` to `to`. False where there is none: only white space, comments and empty
   * statements are left, or, unless `final`, the text ends before the statement does and more is wanted. `resumeAt` then
   * is where to go on.
   */
  next(bytes: Uint8Array, from: number, to: number, final: boolean): boolean {
    const { tokens } = this;
    let at = from;
    for (;;) {
      tokens.clear();
      this.#lexer.reset();
      this.#compound.reset();
      this.from = at;
      while (this.#options.clientFile) {
        const command = delimiterCommand(bytes, at, to, final);
        if (command === undefined) break;
        if (command === NEED_MORE) {
          this.resumeAt = this.from;
          return false;
        }
        this.#lexer.run(bytes, tokens, at, command.start, false);
        this.#delimiter = isSemicolon(command.delimiter) ? undefined : command.delimiter;
        this.#lexer.setDelimiter(this.#delimiter);
        at = command.end;
      }
      for (;;) {
        at = this.#lexer.run(bytes, tokens, at, to, true);
        if (!this.#lexer.stopped || this.#delimiter !== undefined || !this.#compound.isInside(tokens)) break;
      }
      this.terminated = this.#lexer.stopped;
      if (!this.terminated && !final) {
        this.resumeAt = this.from;
        return false;
      }
      this.insideBody = !this.terminated && this.#delimiter === undefined && this.#compound.isInside(tokens);
      this.resumeAt = at;
      if (this.terminated && this.#delimiter === undefined) this.#dropSemicolon();
      if (tokens.length > 0 || (!this.terminated && tokens.oddities !== 0)) {
        this.#lexer.finish(tokens, at);
        this.#measure(to);
        return true;
      }
      // Nothing but comments: they stay with what follows, unless nothing does.
      if (!this.terminated) return false;
    }
  }

  /** A DELIMITER command is in force. */
  get delimited(): boolean {
    return this.#delimiter !== undefined;
  }

  /** Where a client file's text counts as ended by default again. */
  reset(): void {
    this.#delimiter = undefined;
    this.#lexer.setDelimiter(undefined);
  }

  #dropSemicolon(): void {
    const { tokens } = this;
    tokens.length--;
    tokens.kind[tokens.length] = T.end;
  }

  #measure(to: number): void {
    const { tokens } = this;
    if (tokens.length === 0) {
      this.start = this.from;
      this.end = to;
      return;
    }
    this.start = tokens.start[0]!;
    this.end = tokens.end[tokens.length - 1]!;
    for (let i = 0; i < tokens.commentCount; i++) {
      if (tokens.commentKind[i] !== C.executable) continue;
      if (tokens.commentStart[i]! < this.start) this.start = tokens.commentStart[i]!;
      if (tokens.commentEnd[i]! > this.end) this.end = Math.min(tokens.commentEnd[i]!, this.resumeAt);
    }
  }
}

function isSemicolon(delimiter: Uint8Array): boolean {
  return delimiter.length === 1 && delimiter[0] === 0x3b;
}
