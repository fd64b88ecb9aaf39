import * as com from "../protocol/commands.ts";
import type { JudgedCommand } from "./decision.ts";
import type { ResponseShape } from "./response_tracker.ts";

/** A command whose packets pass as they come. */
export interface StreamedFacts {
  readonly shape: ResponseShape | "none";
  /** Bytes 1 to 4 of the payload name a prepared statement; `run`: the command runs it. */
  readonly statement?: "run" | "other";
  readonly judged?: undefined;
}

/** A command that the judge is asked about, by its whole payload. */
export interface JudgedFacts {
  readonly shape: ResponseShape | "authentication";
  readonly judged: JudgedCommand;
}

/** What the relay knows of a command byte. */
export type CommandFacts = StreamedFacts | JudgedFacts;

const ENTRIES: readonly (readonly [command: number, facts: CommandFacts])[] = [
  [com.COM_SLEEP, { shape: "single" }],
  [com.COM_QUIT, { shape: "none" }],
  [com.COM_INIT_DB, { shape: "single", judged: "init_db" }],
  [com.COM_QUERY, { shape: "results", judged: "query" }],
  [com.COM_FIELD_LIST, { shape: "definitions", judged: "field_list" }],
  [com.COM_CREATE_DB, { shape: "single", judged: "create_db" }],
  [com.COM_DROP_DB, { shape: "single", judged: "drop_db" }],
  [com.COM_REFRESH, { shape: "single", judged: "refresh" }],
  [com.COM_SHUTDOWN, { shape: "single", judged: "shutdown" }],
  [com.COM_STATISTICS, { shape: "single" }],
  [com.COM_PROCESS_INFO, { shape: "results" }],
  [com.COM_PROCESS_KILL, { shape: "single", judged: "process_kill" }],
  [com.COM_DEBUG, { shape: "single" }],
  [com.COM_PING, { shape: "single" }],
  [com.COM_CHANGE_USER, { shape: "authentication", judged: "change_user" }],
  [com.COM_BINLOG_DUMP, { shape: "stream", judged: "binlog_dump" }],
  [com.COM_TABLE_DUMP, { shape: "stream", judged: "binlog_dump" }],
  [com.COM_REGISTER_REPLICA, { shape: "single", judged: "binlog_dump" }],
  [com.COM_STMT_PREPARE, { shape: "prepare", judged: "prepare" }],
  [com.COM_STMT_EXECUTE, { shape: "results", statement: "run" }],
  [com.COM_STMT_SEND_LONG_DATA, { shape: "none", statement: "other" }],
  [com.COM_STMT_CLOSE, { shape: "none", statement: "other" }],
  [com.COM_STMT_RESET, { shape: "single", statement: "other" }],
  [com.COM_SET_OPTION, { shape: "single", judged: "set_option" }],
  [com.COM_STMT_FETCH, { shape: "rows", statement: "other" }],
  [com.COM_BINLOG_DUMP_GTID, { shape: "stream", judged: "binlog_dump" }],
  [com.COM_RESET_CONNECTION, { shape: "single", judged: "reset_connection" }],
  [com.COM_STMT_BULK_EXECUTE, { shape: "results", statement: "run" }],
];

/** By command byte: this is looked at for every command. */
const FACTS: (CommandFacts | undefined)[] = new Array(256).fill(undefined);
for (const [command, facts] of ENTRIES) FACTS[command] = facts;

/** Facts of a command byte; `undefined` for one that is not relayed (the client gets ER_UNKNOWN_COM_ERROR). */
export function commandFacts(command: number): CommandFacts | undefined {
  return FACTS[command];
}
