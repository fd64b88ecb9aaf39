import type { SingleByteCharset } from "./lexer/single_byte.ts";

/** Character sets a connection may speak, as far as they change lexing. */
export type SqlCharset =
  | SingleByteCharset
  /** Letters take the place of backslash, backtick and bar: texts in it are not read. */
  | "swe7"
  | "utf8mb4"
  | "gbk"
  | "big5"
  | "sjis"
  | "cp932"
  | "gb18030"
  | "gb2312"
  | "euckr"
  | "ujis";

/** What changes how bytes are read as tokens: the server, the session's settings, and where the text comes from. */
export interface SqlOptions {
  readonly dialect: "mysql" | "mariadb";
  /** 90704 for 9.7.4; decides which executable comments are code. */
  readonly serverVersion: number;
  /** character_set_client */
  readonly charset: SqlCharset;
  /** sql_mode ANSI_QUOTES: "x" is a name. */
  readonly ansiQuotes: boolean;
  /** sql_mode NO_BACKSLASH_ESCAPES */
  readonly noBackslashEscapes: boolean;
  /** sql_mode PIPES_AS_CONCAT: `||` joins strings. Does not change tokens, only their meaning and digest. */
  readonly pipesAsConcat: boolean;
  /** sql_mode IGNORE_SPACE, which a client may also ask for at login (CLIENT_IGNORE_SPACE): `count (` is a call. */
  readonly ignoreSpace: boolean;
  /** sql_mode HIGH_NOT_PRECEDENCE. Does not change tokens, only their meaning and digest. */
  readonly highNotPrecedence: boolean;
  /** Text for the `mysql` client: DELIMITER and its other commands are not for the server. */
  readonly clientFile: boolean;
  /** `:name`, `::name` and `...` are placeholders, as application code, VTGate and MySQL's digests have them. */
  readonly namedPlaceholders: boolean;
  /**
   * The current schema where it is one of the server's own, which names without a schema are then in. Does not change
   * tokens; see {@link inSchema}.
   */
  readonly systemSchema: SystemSchema | undefined;
  /**
   * Within a stored program: its parameters and variables in lower case, which go before columns, and `old.` and `new.`
   * where a trigger has these rows. Does not change tokens.
   */
  readonly locals: ReadonlySet<string> | undefined;
}

/** The server's own schemas. */
export const SYSTEM_SCHEMAS = ["mysql", "sys", "information_schema", "performance_schema"] as const;
export type SystemSchema = typeof SYSTEM_SCHEMAS[number];

/** Whether a schema, in lower case, is one of the server's own. */
export function isSystemSchema(key: string): key is SystemSchema {
  return (SYSTEM_SCHEMAS as readonly string[]).includes(key);
}

/** Settings made by {@link inSchema}, by the settings they were made from. */
const inSystemSchemas = new WeakMap<SqlOptions, Map<SystemSchema | undefined, SqlOptions>>();

/**
 * Settings for a text that runs in a schema: the same object for all schemas of applications, and one object for each of
 * the server's own. Names are compared in lower case, and without vtgate's target (`mysql@replica`).
 */
export function inSchema(options: SqlOptions, schema: string): SqlOptions {
  const key = systemSchemaOf(schema);
  if (key === options.systemSchema) return options;
  let made = inSystemSchemas.get(options);
  if (made === undefined) inSystemSchemas.set(options, made = new Map());
  let found = made.get(key);
  if (found === undefined) made.set(key, found = { ...options, systemSchema: key });
  return found;
}

function systemSchemaOf(schema: string): SystemSchema | undefined {
  // Most schemas are an application's, and this is asked for each statement.
  switch (schema.charCodeAt(0) | 0x20) {
    case 0x6d: // m
    case 0x73: // s
    case 0x69: // i
    case 0x70: { // p
      const key = schema.replace(/[@:/].*$/s, "").toLowerCase();
      return isSystemSchema(key) ? key : undefined;
    }
    default:
      return undefined;
  }
}

/** A MySQL 9.7 server with its own defaults. */
export const DEFAULT_SQL_OPTIONS: SqlOptions = {
  dialect: "mysql",
  serverVersion: 90704,
  charset: "utf8mb4",
  ansiQuotes: false,
  noBackslashEscapes: false,
  pipesAsConcat: false,
  ignoreSpace: false,
  highNotPrecedence: false,
  clientFile: false,
  namedPlaceholders: false,
  systemSchema: undefined,
  locals: undefined,
};
