/**
 * Capability flags of the connection phase (MySQL internals, "Capabilities Flags"), with what querycop does with each.
 *
 * Values past bit 31 are MariaDB's extended capabilities; they travel in a field of their own.
 */
export const CLIENT_LONG_PASSWORD = 1 << 0; // Passed on. Unset, the greeting carries MariaDB's extended flags
export const CLIENT_FOUND_ROWS = 1 << 1; // Passed on
export const CLIENT_CONNECT_WITH_DB = 1 << 3; // Passed on; the schema is the session's first
export const CLIENT_COMPRESS = 1 << 5; // Masked: a compressed stream cannot be judged
export const CLIENT_LOCAL_FILES = 1 << 7; // Passed on; a file is sent only when the session's own statement asked
export const CLIENT_IGNORE_SPACE = 1 << 8; // Passed on; the judge learns of it as sql_mode IGNORE_SPACE
export const CLIENT_PROTOCOL_41 = 1 << 9; // Required
export const CLIENT_SSL = 1 << 11; // Set on each leg by that leg's own TLS
export const CLIENT_TRANSACTIONS = 1 << 13; // Passed on
export const CLIENT_SECURE_CONNECTION = 1 << 15; // Passed on; decides the layout of the auth response
export const CLIENT_MULTI_STATEMENTS = 1 << 16; // Passed on; the judge sees every statement of the text
export const CLIENT_MULTI_RESULTS = 1 << 17; // Passed on
export const CLIENT_PS_MULTI_RESULTS = 1 << 18; // Passed on
export const CLIENT_PLUGIN_AUTH = 1 << 19; // Passed on
export const CLIENT_CONNECT_ATTRS = 1 << 20; // Passed on, and added on the backend leg for our own attributes
export const CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA = 1 << 21; // Passed on; decides the layout of the auth response
export const CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS = 1 << 22; // Passed on
export const CLIENT_SESSION_TRACK = 1 << 23; // Passed on; what the server reports is followed
export const CLIENT_DEPRECATE_EOF = 1 << 24; // Passed on; decides how a response ends
export const CLIENT_OPTIONAL_RESULTSET_METADATA = 1 << 25; // Passed on; decides whether column definitions come
export const CLIENT_ZSTD_COMPRESSION_ALGORITHM = 1 << 26; // Masked, as CLIENT_COMPRESS
export const CLIENT_QUERY_ATTRIBUTES = 1 << 27; // Passed on; attributes stand before the text of COM_QUERY
export const CLIENT_MULTI_FACTOR_AUTHENTICATION = 1 << 28; // Passed on
export const CLIENT_CAPABILITY_EXTENSION = 1 << 29; // Masked: reserved
export const CLIENT_SSL_VERIFY_SERVER_CERT = 1 << 30; // Masked: a client-side option that means nothing on the wire
export const CLIENT_REMEMBER_OPTIONS = 1 << 31; // Masked: likewise

/** What a session can use at most when the server offers it; CLIENT_SSL is decided for each leg apart. */
export const RELAYED_CAPABILITIES = ~(
  CLIENT_COMPRESS | CLIENT_ZSTD_COMPRESSION_ALGORITHM | CLIENT_SSL | CLIENT_CAPABILITY_EXTENSION |
  CLIENT_SSL_VERIFY_SERVER_CERT | CLIENT_REMEMBER_OPTIONS
) >>> 0;

/** MariaDB extended capabilities, bit 32 counted as bit 0. */
export const MARIADB_CLIENT_STMT_BULK_OPERATIONS = 1 << 2; // Passed on: COM_STMT_BULK_EXECUTE, answered as an execute
export const MARIADB_CLIENT_EXTENDED_METADATA = 1 << 3; // Passed on: only column definitions grow

/**
 * MariaDB's extended flags that are passed on. Progress reports (ERR packets that end nothing), cached metadata and
 * unit results change how a response ends and are masked.
 */
export const RELAYED_MARIADB_CAPABILITIES = MARIADB_CLIENT_STMT_BULK_OPERATIONS |
  MARIADB_CLIENT_EXTENDED_METADATA;

/** Whether `flags` has all bits of `flag`. */
export function hasCapability(flags: number, flag: number): boolean {
  return (flags & flag) === flag;
}
