import { ProtocolError } from "../../base/errors.ts";
import { PacketReader } from "../packet_reader.ts";

/** Most query attributes that are looked past; MySQL itself takes 65,535. */
const MAX_ATTRIBUTES = 65_535;

/**
 * Where the SQL text of a COM_QUERY starts, counted from the command byte, for a session with
 * CLIENT_QUERY_ATTRIBUTES: behind the attributes' count, null bitmap, types, names and values ("COM_QUERY").
 * Attributes that do not parse are a {@link ProtocolError}, as the server answers ER_MALFORMED_PACKET to them.
 */
export function queryTextOffset(payload: Uint8Array): number {
  if (payload[1] === 0 && payload[2] === 1) return 3;
  const reader = new PacketReader(payload, 1);
  const count = reader.readLengthEncodedInteger();
  const sets = reader.readLengthEncodedInteger();
  if (sets !== 1) throw new ProtocolError(`Cannot read query attributes: ${sets} parameter sets are not 1`);
  if (count === 0) return reader.position;
  if (count > MAX_ATTRIBUTES) throw new ProtocolError(`Cannot read query attributes: ${count} are too many`);
  const nulls = reader.readBytes((count + 7) >> 3);
  if (reader.readUint8() !== 1) {
    throw new ProtocolError("Cannot read query attributes: their types are missing");
  }
  const types = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    types[index] = reader.readUint16() & 0xff;
    reader.readLengthEncodedBytes();
  }
  for (let index = 0; index < count; index++) {
    if (((nulls[index >> 3] as number) & (1 << (index & 7))) === 0) {
      skipBinaryValue(reader, types[index] as number);
    }
  }
  return reader.position;
}

/** Passes over one value of the binary protocol ("Binary Protocol Value"). */
function skipBinaryValue(reader: PacketReader, type: number): void {
  switch (type) {
    case 0x01: // TINY
    case 0xf4: // BOOL
      return reader.skip(1);
    case 0x02: // SHORT
    case 0x0d: // YEAR
      return reader.skip(2);
    case 0x03: // LONG
    case 0x04: // FLOAT
    case 0x09: // INT24
      return reader.skip(4);
    case 0x05: // DOUBLE
    case 0x08: // LONGLONG
      return reader.skip(8);
    case 0x06: // NULL
      return;
    case 0x07: // TIMESTAMP
    case 0x0a: // DATE
    case 0x0b: // TIME
    case 0x0c: // DATETIME
    case 0x0e: // NEWDATE
    case 0x11: // TIMESTAMP2
    case 0x12: // DATETIME2
    case 0x13: // TIME2
      return reader.skip(reader.readUint8());
    default: // Strings, decimals, blobs, JSON: length-encoded
      reader.readLengthEncodedBytes();
  }
}
