import { decodeLatin1, PacketReader } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";

/** First bytes of the server's packets in the middle of an authentication. */
export const AUTH_SWITCH_HEADER = 0xfe;
export const AUTH_MORE_DATA_HEADER = 0x01;
export const AUTH_NEXT_FACTOR_HEADER = 0x02;

/** The server asks for another plugin ("Protocol::AuthSwitchRequest", also "Protocol::AuthNextFactor"). */
export interface AuthSwitchRequest {
  readonly plugin: string;
  /** The plugin's challenge without its closing NUL. */
  readonly nonce: Uint8Array;
}

/** Parses an AuthSwitchRequest's payload; the empty one of ancient servers names mysql_old_password. */
export function decodeAuthSwitchRequest(payload: Uint8Array): AuthSwitchRequest {
  if (payload.length === 1) return { plugin: "mysql_old_password", nonce: new Uint8Array(0) };
  const reader = new PacketReader(payload, 1);
  const plugin = decodeLatin1(reader.readNulTerminatedBytes());
  const data = reader.readRest();
  // MySQL closes its 20 bytes with a NUL; the 32 random bytes of MariaDB's ed25519 may end in one of their own.
  return { plugin, nonce: (data.length === 21 && data[20] === 0 ? data.subarray(0, 20) : data).slice() };
}

/** Builds an AuthSwitchRequest's payload. */
export function encodeAuthSwitchRequest(request: AuthSwitchRequest): Uint8Array {
  return new PacketWriter()
    .writeUint8(AUTH_SWITCH_HEADER)
    .writeText(request.plugin)
    .writeUint8(0)
    .writeNulTerminatedBytes(request.nonce)
    .finish();
}
