import {
  CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS,
  CLIENT_CONNECT_ATTRS,
  CLIENT_CONNECT_WITH_DB,
  CLIENT_DEPRECATE_EOF,
  CLIENT_LONG_PASSWORD,
  CLIENT_MULTI_RESULTS,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  CLIENT_TRANSACTIONS,
} from "../protocol/capabilities.ts";

/**
 * What the client can do; what it uses is what the server offers of it. No local files, no compression. The
 * server takes them from the SSLRequest, so they cannot depend on what is known at login only, such as a schema.
 */
export const CLIENT_CAPABILITIES = (CLIENT_LONG_PASSWORD | CLIENT_CONNECT_WITH_DB | CLIENT_PROTOCOL_41 |
  CLIENT_TRANSACTIONS | CLIENT_SECURE_CONNECTION | CLIENT_MULTI_RESULTS | CLIENT_PLUGIN_AUTH |
  CLIENT_CONNECT_ATTRS | CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA | CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS |
  CLIENT_DEPRECATE_EOF) >>> 0;

/** utf8mb4_general_ci, which every server and Vitess has. */
export const COLLATION = 45;

/** Longest packet that the client says it takes. */
export const MAX_PACKET_BYTES = 0x1000000;
