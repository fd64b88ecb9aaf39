import { assertNever } from "../base/assert_never.ts";
import type { JudgedCommand } from "../proxy/decision.ts";

/** Commands that do what a statement does, without its SQL. */
export type SqlLessCommand = Exclude<
  JudgedCommand,
  "query" | "prepare" | "reset_connection" | "change_user" | "set_option"
>;

const encoder = new TextEncoder();

/** Flags of COM_REFRESH and the statements they stand for. */
const REFRESHES: readonly (readonly [flag: number, sql: string])[] = [
  [0x01, "FLUSH PRIVILEGES"],
  [0x02, "FLUSH LOGS"],
  [0x04, "FLUSH TABLES"],
  [0x08, "FLUSH HOSTS"],
  [0x10, "FLUSH STATUS"],
  [0x40, "RESET REPLICA"],
  [0x80, "RESET BINARY LOGS AND GTIDS"],
  [0x4000, "FLUSH TABLES WITH READ LOCK"],
];

/** The SQL that a command without SQL comes to. */
export function commandText(command: SqlLessCommand, text: Uint8Array): Uint8Array {
  switch (command) {
    case "init_db":
      return named("USE ", text);
    case "create_db":
      return named("CREATE DATABASE ", text);
    case "drop_db":
      return named("DROP DATABASE ", text);
    case "field_list":
      return named("SHOW COLUMNS FROM ", text);
    case "process_kill":
      return encoder.encode(`KILL ${new TextDecoder().decode(text)}`);
    case "refresh": {
      const flags = Number(new TextDecoder().decode(text));
      const statements = REFRESHES.filter(([flag]) => (flags & flag) !== 0).map(([, sql]) => sql);
      return encoder.encode(statements.length === 0 ? "FLUSH STATUS" : statements.join("; "));
    }
    case "shutdown":
      return SHUTDOWN;
    case "binlog_dump":
      return BINLOG_DUMP;
    default:
      return assertNever(command);
  }
}

const SHUTDOWN = encoder.encode("SHUTDOWN");
/** Reads every change there was, as a replica does; S026 says why that is refused. */
const BINLOG_DUMP = encoder.encode("SHOW BINLOG EVENTS");

/** A verb and a name in backticks. */
function named(verb: string, name: Uint8Array): Uint8Array {
  const bytes: number[] = [...encoder.encode(verb), BACKTICK];
  for (const byte of name.subarray(0, 1024)) {
    if (byte === BACKTICK) bytes.push(BACKTICK);
    bytes.push(byte);
  }
  bytes.push(BACKTICK);
  return Uint8Array.from(bytes);
}

const BACKTICK = 0x60;
