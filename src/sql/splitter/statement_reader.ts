import { Lexer } from "../lexer/lexer.ts";
import { TokenBuffer } from "../lexer/token_buffer.ts";
import { C, T } from "../lexer/tokens.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import { type ClientCommand, clientCommand, NEED_MORE } from "./client_command.ts";
import { CompoundTracker } from "./compound.ts";

/**
 * Reads a text statement by statement. After `next` has returned true, the fields tell of the statement and `tokens`
 * holds its tokens, without what ended it; both until the next call. Offsets are into the bytes given.
 *
 * A server's text ends statements at semicolons outside of stored programs' bodies. In a client file (`clientFile`) the
 * `mysql` client's commands and migration tools' markers end statements and change what does.
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
  /** Whether a semicolon, delimiter, command or marker ended it, rather than the text. */
  terminated = false;
  /** Whether the text, or a migration tool's marker, ended within a stored program's body. */
  insideBody = false;
  /** A client's command before the statement reads another file, which is not looked at: where it stands. */
  source: { readonly start: number; readonly end: number } | undefined;

  /** Those that a migration's half begins with, and those in force. */
  readonly #initial: SqlOptions;
  #options: SqlOptions;
  #lexer: Lexer;
  readonly #compound = new CompoundTracker();
  /** The delimiter, where it is not the semicolon, and whether a DELIMITER command set it. */
  #delimiter = "";
  #delimited = false;
  #liquibase = false;

  constructor(options: SqlOptions = DEFAULT_SQL_OPTIONS) {
    this.#initial = this.#options = options;
    this.#lexer = new Lexer(options);
  }

  /** How texts are read from the next statement on; whether the text is a client's stays as it is. */
  setOptions(options: SqlOptions): void {
    if (options === this.#options) return;
    this.#options = options;
    this.#lexer = new Lexer({ ...options, clientFile: this.#lexer.options.clientFile });
    this.#setDelimiter();
  }

  /**
   * Reads the next statement in bytes `from` to `to`. False where there is none: only white space, comments and empty
   * statements are left, or, unless `final`, the text ends before the statement does and more is wanted. `resumeAt` then
   * is where to go on.
   */
  next(bytes: Uint8Array, from: number, to: number, final: boolean): boolean {
    const { tokens } = this;
    const isClient = this.#lexer.options.clientFile;
    let at = from;
    for (;;) {
      tokens.clear();
      this.#lexer.reset();
      this.#compound.reset();
      this.source = undefined;
      this.from = at;
      let limit = to;
      if (isClient) {
        const command = this.#commands(bytes, at, to, final);
        if (command === NEED_MORE) {
          this.resumeAt = this.from;
          return false;
        }
        at = this.#lexed;
        if (command !== undefined) limit = command.end;
      }
      for (;;) {
        at = this.#lexer.run(bytes, tokens, at, limit, true);
        if (
          this.#lexer.stoppedBy !== "semicolon" ||
          !this.#compound.isInside(bytes, tokens, this.#lexer.options)
        ) break;
      }
      const { stoppedBy } = this.#lexer;
      this.terminated = stoppedBy !== undefined || limit < to;
      if (!this.terminated && !final) {
        this.resumeAt = this.from;
        return false;
      }
      if (stoppedBy === "clear") continue;
      this.insideBody = (!this.terminated || stoppedBy === "marker") && this.#delimiter === "" &&
        this.#compound.isInside(bytes, tokens, this.#lexer.options);
      this.resumeAt = at;
      if (stoppedBy === "semicolon") this.#dropSemicolon();
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
    return this.#delimited;
  }

  /** How far {@link #commands} has come. */
  #lexed = 0;

  /** Carries out the commands before the next statement; gives a USE, which its line ends. */
  #commands(
    bytes: Uint8Array,
    from: number,
    to: number,
    final: boolean,
  ): ClientCommand | typeof NEED_MORE | undefined {
    let at = from;
    for (;;) {
      const state = {
        delimiter: this.#delimiter === "" ? ";" : this.#delimiter,
        liquibase: this.#liquibase,
        final,
      };
      const command = clientCommand(bytes, at, to, state);
      if (command === undefined || command === NEED_MORE) {
        this.#lexed = at;
        return command;
      }
      // Comments before a command may be directives; a marker is a comment itself.
      const { kind, start, end, marker } = command;
      this.#lexer.run(bytes, this.tokens, at, kind === "marker" ? end : start, false);
      at = end;
      if (kind === "delimiter") this.#delimit(command.delimiter ?? "", true);
      else if (kind === "source") this.source = { start, end };
      else if (marker !== undefined) {
        if (marker.section !== undefined) this.setOptions(this.#initial);
        this.#liquibase ||= marker.liquibase === true;
        if (marker.delimiter !== undefined) this.#delimit(marker.delimiter, false);
        else this.#setDelimiter();
      } else if (kind === "use") {
        this.#lexed = start;
        return command;
      }
    }
  }

  #delimit(delimiter: string, byCommand: boolean): void {
    this.#delimiter = delimiter === ";" ? "" : delimiter;
    this.#delimited = byCommand && this.#delimiter !== "";
    this.#setDelimiter();
  }

  #setDelimiter(): void {
    const delimiter = this.#delimiter === "" ? undefined : encoder.encode(this.#delimiter);
    this.#lexer.setDelimiter(delimiter, this.#liquibase);
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

const encoder = new TextEncoder();
