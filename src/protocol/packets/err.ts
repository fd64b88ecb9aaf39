import { PacketReader } from "../packet_reader.ts";
import { decodeUtf8 } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";

/** First byte of an ERR packet. */
export const ERR_HEADER = 0xff;

/** A failed command or login ("Protocol::ERR_Packet"). */
export interface ErrPacket {
  readonly errno: number;
  /** Five characters; `HY000` where the packet carried none, as before the greeting. */
  readonly sqlState: string;
  readonly message: string;
}

/** Parses an ERR packet's payload. */
export function decodeErr(payload: Uint8Array): ErrPacket {
  const reader = new PacketReader(payload, 1);
  const errno = reader.readUint16();
  if (payload[3] !== 0x23 || reader.remaining < 6) {
    return { errno, sqlState: "HY000", message: decodeUtf8(reader.readRest()) };
  }
  reader.skip(1);
  return { errno, sqlState: decodeUtf8(reader.readBytes(5)), message: decodeUtf8(reader.readRest()) };
}

/**
 * Builds an ERR packet's payload. Before the client's capabilities are known, in place of the greeting, the packet has
 * no SQLSTATE: leave `sqlState` out.
 */
export function encodeErr(errno: number, sqlState: string | undefined, message: string): Uint8Array {
  const writer = new PacketWriter(64 + message.length).writeUint8(ERR_HEADER).writeUint16(errno);
  if (sqlState !== undefined) writer.writeText("#").writeText(sqlState);
  return writer.writeText(message).finish();
}
