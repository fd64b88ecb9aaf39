/** Error numbers that querycop itself sends or looks for, with their SQLSTATE. */
export interface ErrorCode {
  readonly errno: number;
  readonly sqlState: string;
}

export const ER_CON_COUNT_ERROR: ErrorCode = { errno: 1040, sqlState: "08004" };
export const ER_HANDSHAKE_ERROR: ErrorCode = { errno: 1043, sqlState: "08S01" };
export const ER_ACCESS_DENIED_ERROR: ErrorCode = { errno: 1045, sqlState: "28000" };
export const ER_UNKNOWN_COM_ERROR: ErrorCode = { errno: 1047, sqlState: "08S01" };
export const ER_SERVER_SHUTDOWN: ErrorCode = { errno: 1053, sqlState: "08S01" };
export const ER_UNKNOWN_ERROR: ErrorCode = { errno: 1105, sqlState: "HY000" };
export const ER_NET_PACKETS_OUT_OF_ORDER: ErrorCode = { errno: 1156, sqlState: "08S01" };
/** The number for a refused statement: pools and ORMs neither retry nor evict on it. */
export const ER_SPECIFIC_ACCESS_DENIED_ERROR: ErrorCode = { errno: 1227, sqlState: "42000" };
/** A role's limit on statements a second. */
export const ER_USER_LIMIT_REACHED: ErrorCode = { errno: 1226, sqlState: "42000" };
export const ER_UNKNOWN_STMT_HANDLER: ErrorCode = { errno: 1243, sqlState: "HY000" };
export const ER_MALFORMED_PACKET: ErrorCode = { errno: 1835, sqlState: "HY000" };
export const ER_QUERY_TIMEOUT: ErrorCode = { errno: 3024, sqlState: "HY000" };
/** What client libraries call a server that cannot be reached; sent so that a client shows what a direct one would. */
export const CR_CONN_HOST_ERROR: ErrorCode = { errno: 2003, sqlState: "HY000" };
/** What client libraries call a TLS failure. */
export const CR_SSL_CONNECTION_ERROR: ErrorCode = { errno: 2026, sqlState: "HY000" };
export const ER_SECURE_TRANSPORT_REQUIRED: ErrorCode = { errno: 3159, sqlState: "HY000" };
