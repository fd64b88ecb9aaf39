import type { Environment } from "../config/mod.ts";

/**
 * What every command is given. A command knows nothing of argv, commander or the terminal: it reads its options and
 * this context, writes to the two outputs, and resolves to an exit code. Errors are thrown (base/errors.ts) and the
 * command line prints them.
 */
export interface CommandContext {
  /** Results, and nothing else. With `--output FILE` this is that file. */
  readonly stdout: Output;
  /** Everything that is not a result: notes, warnings, progress, logs. */
  readonly stderr: Output;
  readonly stdin: Input;
  readonly prompts: Prompts;
  /** The environment as it was at start-up. `undefined` for a variable that is not set. */
  readonly env: Environment;
  /** Working directory, absolute. */
  readonly cwd: string;
  /** `--format`, one of the formats that the command declared; `text` unless it declared another first. */
  readonly format: string;
  /** `--quiet`: no notes and no progress; results and errors stay. */
  readonly quiet: boolean;
  /** `--verbose`: more detail on stderr, causes and stack traces included. */
  readonly verbose: boolean;
  /**
   * Aborted by the first SIGINT or SIGTERM. From then on the command cleans up and ends: what it resolves to is the
   * exit code, and if it rejects the exit code is 130 or 143. The same signal again ends the process at once. A command
   * that never touches `signal` keeps the system's own handling.
   */
  readonly signal: AbortSignal;
  /** Calls back, synchronously, when a repeated signal is about to end the process. */
  onForcedEnd(action: () => void): void;
  /** A line on stderr for people, left out with `--quiet`. */
  note(text: string): void;
  /** `warning: text` and, where given, `hint: ...` on stderr. */
  warn(text: string, hint?: string): void;
  /** Starts a progress line: on stderr, on a terminal, not with `--quiet`, and only once 300 ms have passed. */
  progress(label: string): Progress;
}

/**
 * One of the two outputs. Writes are synchronous and complete. On stdout a reader that is gone ends the process quietly
 * and anything else that prevents the write is an error; on stderr what cannot be written is dropped.
 */
export interface Output {
  readonly isTerminal: boolean;
  /** Columns to fit text into: the terminal's, else COLUMNS, else 80. */
  readonly columns: number;
  /** Colours and marks for this stream; plain where the stream takes none. */
  readonly style: Style;
  write(text: string | Uint8Array): void;
  /** Writes text and a newline; no text is an empty line. */
  line(text?: string): void;
}

/** Standard input. */
export interface Input {
  readonly isTerminal: boolean;
  /** The bytes; may be taken once. */
  stream(): ReadableStream<Uint8Array>;
}

/** Colours text where the stream takes colour, and returns it unchanged where it does not. */
export interface Style {
  readonly enabled: boolean;
  readonly marks: Marks;
  bold(text: string): string;
  dim(text: string): string;
  underline(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  magenta(text: string): string;
  cyan(text: string): string;
}

/** Signs that go with a word, never in its place; ASCII where the locale is not UTF-8. */
export interface Marks {
  readonly pass: string;
  readonly fail: string;
  readonly warn: string;
  readonly skip: string;
  readonly info: string;
  readonly bullet: string;
  readonly arrow: string;
  readonly ellipsis: string;
  /** One column wide, for rules and frames. */
  readonly horizontal: string;
  readonly vertical: string;
}

/** Questions to the person at the terminal. All of them throw UsageError where nobody can be asked. */
export interface Prompts {
  /** False without a terminal on stdin and stderr, and with `--no-input`. */
  readonly available: boolean;
  /** One line of text, trimmed. `insteadUse` says how to give the answer without a terminal, for the error's hint. */
  ask(question: string, insteadUse: string): Promise<string>;
  /** One line that is not echoed. */
  askSecret(question: string, insteadUse: string): Promise<string>;
  /** True when exactly `expected` is typed. */
  confirmTyping(warning: string, expected: string, insteadUse: string): Promise<boolean>;
}

/** A line that shows how far a long piece of work is. */
export interface Progress {
  /** `done` of `total` in any unit; text after the label otherwise. */
  update(state: { readonly done: number; readonly total: number } | string): void;
  /** Removes the line. Safe to call again. */
  end(): void;
}
