import type { Endpoint } from "../net/stream.ts";
import type { TrackedChange } from "../protocol/packets/ok.ts";

/** The commands that `decide` is asked about; everything else carries no SQL and changes nothing that matters. */
export type JudgedCommand =
  | "query"
  | "prepare"
  | "reset_connection"
  | "init_db"
  | "change_user"
  | "set_option"
  | "process_kill"
  | "field_list"
  | "create_db"
  | "drop_db"
  | "refresh"
  | "shutdown"
  | "binlog_dump";

/** One command as it came from the client. */
export interface StatementInput {
  readonly command: JudgedCommand;
  /**
   * The SQL text (`query`, `prepare`), the schema name (`init_db`, `create_db`, `drop_db`), the user name
   * (`change_user`), the table name (`field_list`), the decimal text of the number (`process_kill`, `set_option`, `refresh`);
   * empty for `reset_connection`, `binlog_dump` and `shutdown`. Raw bytes in the session's character set, valid until `decide` returns: a decision that
   * needs them later copies them.
   */
  readonly text: Uint8Array;
}

/** What a judge may know of the session a statement belongs to. Live: read it when it is needed, do not keep it. */
export interface SessionView {
  /** Unique within the data directory, sortable by time. */
  readonly id: string;
  readonly user: string;
  /** Current schema as far as it is known from the login, COM_INIT_DB, USE and session tracking; empty for none. */
  readonly schema: string;
  readonly client: Endpoint;
  /** Connection attributes that the client sent, for example `program_name`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Collation id from the login, by which character_set_client starts (28 gbk, 45 utf8mb4, ...). */
  readonly collation: number;
  /** SERVER_STATUS_* bits of the last OK or EOF; 0x0001 in a transaction, 0x0200 NO_BACKSLASH_ESCAPES. */
  readonly status: number;
  /** CLIENT_IGNORE_SPACE was asked for at the login, by which sql_mode starts with IGNORE_SPACE. */
  readonly ignoreSpace: boolean;
  /** Whether the server takes several statements in one text now (login flag or COM_SET_OPTION). */
  readonly multiStatements: boolean;
  /** Server version text from the greeting, for example `9.7.0` or `8.0.40-Vitess` or `5.5.5-10.11.6-MariaDB`. */
  readonly serverVersion: string;
}

/** How a command ended, told to {@link Decision}'s `done`. */
export interface CommandOutcome {
  /** `ok` includes resultsets; `error` is an ERR from the backend; `guarded` a result cut by a limit. */
  readonly result: "ok" | "error" | "guarded" | "lost";
  /** Error number of the backend's ERR, else 0. */
  readonly errno: number;
  /** Milliseconds from the command's last byte sent to the response's last byte received. */
  readonly durationMs: number;
  /** Bytes of the response, headers included. */
  readonly bytes: number;
  /** Rows returned. */
  readonly rows: number;
  /** Rows that the last OK packet says were changed. */
  readonly affectedRows: number;
  /** SERVER_STATUS_* bits after the command. */
  readonly status: number;
  /**
   * System variables, schema and state that the server's session tracking reported with the command's OK packet, as
   * `[type, payload]` (SESSION_TRACK_SYSTEM_VARIABLES is 0, SESSION_TRACK_SCHEMA is 1); empty when it reported none.
   */
  readonly tracked: readonly TrackedChange[];
}

/** Limits on one command's response; `Infinity` where there is none. */
export interface ResponseLimits {
  readonly responseBytes: number;
  /** Over a rolling 60 s of the session. */
  readonly windowBytes: number;
  readonly rows: number;
}

/** The command passes. */
export interface AllowDecision {
  readonly action: "allow";
  /** Overrides the configured response limits. */
  readonly limits?: ResponseLimits;
  /** Called once, when the command's response has ended; nothing is measured where it is missing. */
  readonly done?: (outcome: CommandOutcome) => void;
  /** For `prepare`: decides on each run of the statement, until it is closed. Where it is missing, runs pass unasked. */
  readonly decideRun?: () => Decision;
  /**
   * Nothing behind this command is looked at before its response has ended, since what it changes (a SET, a USE) decides
   * how that is to be read. A pipelining client waits a round trip, others do not notice.
   */
  readonly barrier?: true;
}

/** The client gets an ERR in the command's turn, and the server nothing. */
export interface RefuseDecision {
  readonly action: "refuse";
  readonly errno: number;
  /** Five characters. */
  readonly sqlState: string;
  /** Whole message, `querycop:` prefix included. */
  readonly message: string;
}

/** The command waits for an approver. */
export interface HoldDecision {
  readonly action: "hold";
  /** Resolves to the final decision; aborted when the client vanishes or the session is ended. */
  readonly wait: (signal: AbortSignal) => Promise<FinalDecision>;
}

/** A decision after which nothing is waited for. */
export type FinalDecision = AllowDecision | RefuseDecision;

/** What becomes of one command. */
export type Decision = FinalDecision | HoldDecision;

/** Decides on the commands of one session, in their order. */
export interface SessionJudge {
  /** Synchronous, because it runs for every statement; waiting happens in a `hold`. */
  decide(statement: StatementInput): Decision;
  /** COM_CHANGE_USER has succeeded: the session is the new user's by now. */
  userChanged(): void;
}

/** Makes the judge of a session that has just logged in. */
export type OpenJudge = (session: SessionView) => SessionJudge;

/** Passes, and nothing more. */
export const ALLOW: AllowDecision = { action: "allow" };
