/**
 * The errors a person meets, one class for each kind of person who must act.
 *
 * A message is one sentence in sentence case without a final period; `hint` says what to do about it; `code` is
 * stable and may be matched by scripts.
 */

/** What every error of querycop's own carries beside its message. */
export interface ErrorOptionsWithHint {
  /** What to do about it, in one sentence without a final period. */
  readonly hint?: string | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** Base of all errors that querycop raises on purpose. Anything else that reaches `main` is an internal error. */
export class QuerycopError extends Error {
  override readonly name: string = "QuerycopError";
  /** Stable, machine-readable: `config.invalid`, `connect.refused`, ... */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: ErrorOptionsWithHint = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** The command line was wrong: an unknown flag, a missing argument, a value that is not allowed. Exit code 2. */
export class UsageError extends QuerycopError {
  override readonly name = "UsageError";
  constructor(message: string, options: ErrorOptionsWithHint = {}) {
    super("usage", message, options);
  }
}

/** The configuration was wrong. `key` is the environment variable, file key or flag at fault. Exit code 3. */
export class ConfigError extends QuerycopError {
  override readonly name = "ConfigError";
  readonly key: string;
  constructor(key: string, message: string, options: ErrorOptionsWithHint = {}) {
    super("config.invalid", message, options);
    this.key = key;
  }
}

/** A mistake in a file, with its place. The message begins with `file:line:column:`. Exit code 3. */
export class SourceError extends ConfigError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** The message without its place. */
  readonly detail: string;

  constructor(file: string, line: number, column: number, detail: string, hint: string | undefined) {
    super(file, `${file}:${line}:${column}: ${detail}`, { hint });
    this.file = file;
    this.line = line;
    this.column = column;
    this.detail = detail;
  }
}

/** Several keys were wrong; each is reported. Exit code 3. */
export class ConfigErrors extends QuerycopError {
  override readonly name = "ConfigErrors";
  readonly problems: readonly ConfigError[];
  constructor(problems: readonly ConfigError[], message = `${problems.length} configuration keys are wrong`) {
    super("config.invalid", message, {
      hint: problems[0]?.hint,
    });
    this.problems = problems;
  }
}

/** Where on the way to a peer, or in its use, a connection failed. */
export type ConnectPhase = "dns" | "tcp" | "tls" | "greeting" | "login" | "command";

/** Why a connection could not be made; `timeout` is ours, the others are what the system or the peer said. */
export type ConnectReason =
  | "not_found"
  | "refused"
  | "timeout"
  | "unreachable"
  | "reset"
  | "closed"
  | "aborted"
  | "failed";

/** A peer could not be reached. `target` is `host:port` as it was asked for. Exit code 5. */
export class ConnectError extends QuerycopError {
  override readonly name = "ConnectError";
  readonly phase: ConnectPhase;
  readonly reason: ConnectReason;
  readonly target: string;
  constructor(
    phase: ConnectPhase,
    reason: ConnectReason,
    target: string,
    detail: string,
    options: ErrorOptionsWithHint = {},
  ) {
    super(`connect.${phase}.${reason}`, `Cannot connect to ${target}: ${detail}`, options);
    this.phase = phase;
    this.reason = reason;
    this.target = target;
  }
}

/** Why a TLS leg could not be trusted or made. */
export type TlsReason =
  | "not_offered"
  | "unknown_issuer"
  | "self_signed"
  | "incomplete_chain"
  | "expired"
  | "not_yet_valid"
  | "name_mismatch"
  | "bad_purpose"
  | "weak_key"
  | "invalid_chain"
  | "client_certificate_required"
  | "protocol"
  | "handshake_failed";

/** TLS with a peer failed. The message carries the reason in words. Exit code 5. */
export class TlsError extends QuerycopError {
  override readonly name = "TlsError";
  readonly reason: TlsReason;
  constructor(reason: TlsReason, message: string, options: ErrorOptionsWithHint = {}) {
    super(`tls.${reason}`, message, options);
    this.reason = reason;
  }
}

/** A MySQL server answered with an ERR packet. Exit code 4. */
export class ServerError extends QuerycopError {
  override readonly name = "ServerError";
  /** MySQL error number, for example 1045. */
  readonly errno: number;
  /** Five characters, for example `28000`; `HY000` where the packet carried none. */
  readonly sqlState: string;
  constructor(errno: number, sqlState: string, message: string, options: ErrorOptionsWithHint = {}) {
    super(`server.${errno}`, message, options);
    this.errno = errno;
    this.sqlState = sqlState;
  }
}

/** A peer broke the MySQL protocol: a length past the packet's end, a packet out of place. */
export class ProtocolError extends QuerycopError {
  override readonly name = "ProtocolError";
  constructor(message: string, options: ErrorOptionsWithHint = {}) {
    super("protocol", message, options);
  }
}
