import { CLIENT_SESSION_TRACK, hasCapability } from "../capabilities.ts";
import { decodeUtf8, PacketReader } from "../packet_reader.ts";
import { SERVER_SESSION_STATE_CHANGED } from "../status.ts";

/** First byte of an OK packet; an OK that ends rows under CLIENT_DEPRECATE_EOF starts with 0xfe. */
export const OK_HEADER = 0x00;
export const EOF_HEADER = 0xfe;
/** First byte of a server's request for a local file. */
export const LOCAL_INFILE_HEADER = 0xfb;

const SESSION_TRACK_SYSTEM_VARIABLES = 0;
const SESSION_TRACK_SCHEMA = 1;

/** One change of session state that an OK packet reports. */
export type TrackedChange =
  | { readonly kind: "variable"; readonly name: string; readonly value: string }
  | { readonly kind: "schema"; readonly name: string };

/** A finished command ("Protocol::OK_Packet"). */
export interface OkPacket {
  readonly affectedRows: number;
  readonly lastInsertId: number;
  readonly status: number;
  readonly warnings: number;
  /** System variables and schema; other kinds of tracking are left out. */
  readonly tracked: readonly TrackedChange[];
}

/** Parses an OK packet's payload; `capabilities` are those of the session. */
export function decodeOk(payload: Uint8Array, capabilities: number): OkPacket {
  const reader = new PacketReader(payload, 1);
  const affectedRows = readLargeInteger(reader);
  const lastInsertId = readLargeInteger(reader);
  const status = reader.readUint16();
  const warnings = reader.readUint16();
  let tracked: readonly TrackedChange[] = [];
  if (
    hasCapability(capabilities, CLIENT_SESSION_TRACK) && (status & SERVER_SESSION_STATE_CHANGED) !== 0 &&
    reader.remaining > 0
  ) {
    reader.readLengthEncodedBytes();
    if (reader.remaining > 0) tracked = decodeTracked(reader.readLengthEncodedBytes());
  }
  return { affectedRows, lastInsertId, status, warnings, tracked };
}

function decodeTracked(bytes: Uint8Array): readonly TrackedChange[] {
  const reader = new PacketReader(bytes);
  const changes: TrackedChange[] = [];
  while (reader.remaining > 0) {
    const type = reader.readUint8();
    const data = new PacketReader(reader.readLengthEncodedBytes());
    if (type === SESSION_TRACK_SYSTEM_VARIABLES) {
      while (data.remaining > 0) {
        const name = decodeUtf8(data.readLengthEncodedBytes());
        changes.push({ kind: "variable", name, value: decodeUtf8(data.readLengthEncodedBytes()) });
      }
    } else if (type === SESSION_TRACK_SCHEMA) {
      changes.push({ kind: "schema", name: decodeUtf8(data.readLengthEncodedBytes()) });
    }
  }
  return changes;
}

/** Affected rows and LAST_INSERT_ID have 64 bits and may pass 2^53: precision is lost there, never the packet. */
function readLargeInteger(reader: PacketReader): number {
  const first = reader.readUint8();
  if (first < 0xfb) return first;
  if (first === 0xfc) return reader.readUint16();
  if (first === 0xfd) return reader.readUint24();
  return reader.readUint32() + reader.readUint32() * 0x1_0000_0000;
}
