import {
  CLIENT_CONNECT_ATTRS,
  CLIENT_CONNECT_WITH_DB,
  CLIENT_LONG_PASSWORD,
  CLIENT_MULTI_RESULTS,
  CLIENT_MULTI_STATEMENTS,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  CLIENT_SSL,
  CLIENT_TRANSACTIONS,
} from "../protocol/capabilities.ts";
import { ER_UNKNOWN_ERROR, type ErrorCode } from "../protocol/error_codes.ts";
import type { Greeting } from "../protocol/packets/greeting.ts";
import { SERVER_STATUS_AUTOCOMMIT } from "../protocol/status.ts";

const FIRST_CLIENT_ERRNO = 2000;
const LAST_CLIENT_ERRNO = 2999;
const UTF8MB4_GENERAL_CI = 45;

/**
 * Whether an error number is one that MySQL's clients raise themselves, as 2003 for a server out of reach. Operators
 * know them, but MariaDB's library takes an ERR packet that carries one for a malformed packet (2027).
 */
export function isClientErrno(errno: number): boolean {
  return errno >= FIRST_CLIENT_ERRNO && errno <= LAST_CLIENT_ERRNO;
}

/** The code a client of this `_client_name` is given. */
export function codeFor(code: ErrorCode, clientName: string | undefined): ErrorCode {
  return isClientErrno(code.errno) && clientName === "libmariadb" ? ER_UNKNOWN_ERROR : code;
}

/** A greeting of our own, for a client that has to say who it is before it is told why it cannot log in. */
export function ownGreeting(offersTls: boolean): Greeting {
  return {
    serverVersion: "8.0.0-querycop",
    connectionId: 0,
    nonce: crypto.getRandomValues(new Uint8Array(20)).map((byte) => (byte & 0x7f) || 1),
    capabilities: CLIENT_LONG_PASSWORD | CLIENT_CONNECT_WITH_DB | CLIENT_PROTOCOL_41 | CLIENT_TRANSACTIONS |
      CLIENT_SECURE_CONNECTION | CLIENT_MULTI_STATEMENTS | CLIENT_MULTI_RESULTS | CLIENT_PLUGIN_AUTH |
      CLIENT_CONNECT_ATTRS | CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA | (offersTls ? CLIENT_SSL : 0),
    mariadbCapabilities: 0,
    collation: UTF8MB4_GENERAL_CI,
    status: SERVER_STATUS_AUTOCOMMIT,
    authPlugin: "caching_sha2_password",
  };
}
