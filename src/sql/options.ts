/** Character sets a connection may speak, as far as they change lexing; the single-byte ones are in `latin1`. */
export type SqlCharset =
  | "utf8mb4"
  | "latin1"
  | "binary"
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
};
