import { decodeUtf8, PacketReader } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";

/** One column of a result ("Protocol::ColumnDefinition41"). */
export interface ColumnDefinition {
  readonly schema: string;
  /** Alias of the table, `originalTable` its own name; empty for an expression. */
  readonly table: string;
  readonly originalTable: string;
  /** Alias of the column, `originalName` its own name. */
  readonly name: string;
  readonly originalName: string;
  /** Collation id; 63 for binary. */
  readonly collation: number;
  /** Longest value in bytes. */
  readonly maxLengthBytes: number;
  /** MYSQL_TYPE_*, for example 3 for LONG and 253 for VAR_STRING. */
  readonly type: number;
  readonly flags: number;
  readonly decimals: number;
}

/** Parses a column definition's payload, without MariaDB's extended metadata. */
export function decodeColumnDefinition(payload: Uint8Array): ColumnDefinition {
  const reader = new PacketReader(payload);
  const text = () => decodeUtf8(reader.readLengthEncodedBytes());
  reader.readLengthEncodedBytes(); // The catalogue, always "def".
  const [schema, table, originalTable, name, originalName] = [text(), text(), text(), text(), text()];
  const fixed = new PacketReader(reader.readLengthEncodedBytes());
  return {
    schema,
    table,
    originalTable,
    name,
    originalName,
    collation: fixed.readUint16(),
    maxLengthBytes: fixed.readUint32(),
    type: fixed.readUint8(),
    flags: fixed.readUint16(),
    decimals: fixed.readUint8(),
  };
}

/** Builds a column definition's payload. */
export function encodeColumnDefinition(column: ColumnDefinition): Uint8Array {
  const encoder = new TextEncoder();
  const writer = new PacketWriter(96);
  const { schema, table, originalTable, name, originalName } = column;
  for (const text of ["def", schema, table, originalTable, name, originalName]) {
    writer.writeLengthEncodedBytes(encoder.encode(text));
  }
  return writer
    .writeLengthEncodedInteger(0x0c)
    .writeUint16(column.collation)
    .writeUint32(column.maxLengthBytes)
    .writeUint8(column.type)
    .writeUint16(column.flags)
    .writeUint8(column.decimals)
    .writeZeros(2)
    .finish();
}
