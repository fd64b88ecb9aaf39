import { ProtocolError } from "../../base/errors.ts";
import { decodeUtf8, PacketReader } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";

/** First byte of a value that is NULL. */
const NULL_VALUE = 0xfb;

/** Parses a row of the text protocol with that many columns ("Text Resultset Row"); bytes left over are an error. */
export function decodeTextRow(payload: Uint8Array, columns: number): readonly (string | null)[] {
  const reader = new PacketReader(payload);
  const row: (string | null)[] = [];
  for (let index = 0; index < columns; index++) {
    if (payload[reader.position] === NULL_VALUE) {
      reader.skip(1);
      row.push(null);
    } else {
      row.push(decodeUtf8(reader.readLengthEncodedBytes()));
    }
  }
  if (reader.remaining > 0) {
    throw new ProtocolError(`Cannot read a row: ${reader.remaining} bytes follow its ${columns} values`);
  }
  return row;
}

/** Builds a row of the text protocol. */
export function encodeTextRow(row: readonly (string | null)[]): Uint8Array {
  const encoder = new TextEncoder();
  const writer = new PacketWriter(128);
  for (const value of row) {
    if (value === null) writer.writeUint8(NULL_VALUE);
    else writer.writeLengthEncodedBytes(encoder.encode(value));
  }
  return writer.finish();
}
