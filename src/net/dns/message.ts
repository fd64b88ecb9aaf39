/** DNS messages (RFC 1035): one question out, the answer section in. Pure. */

/** Record types that are asked for. */
export type DnsType = "A" | "AAAA";

/** What a name server answered. */
export interface DnsAnswer {
  /** Response code: 0 no error, 2 server failure, 3 name does not exist, 5 refused. */
  readonly code: number;
  /** The rest did not fit and has to be asked for over TCP. */
  readonly truncated: boolean;
  /** Bytes of each address, 4 or 16. */
  readonly addresses: readonly Uint8Array[];
  /** Names that the question's name turned out to be other names of, in order, without the final dot. */
  readonly aliases: readonly string[];
}

const TYPES: Readonly<Record<DnsType, number>> = { A: 1, AAAA: 28 };
const CNAME = 5;
const HEADER_BYTES = 12;

/** A query for `name`, an ASCII host name; `undefined` where it cannot be put into one. */
export function encodeQuery(id: number, name: string, type: DnsType): Uint8Array | undefined {
  const labels = name.replace(/\.$/, "").split(".");
  if (labels.some((label) => label.length === 0 || label.length > 63) || name.length > 253) return undefined;
  const encoder = new TextEncoder();
  const bytes = [id >> 8, id & 0xff, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  for (const label of labels) bytes.push(label.length, ...encoder.encode(label));
  bytes.push(0, 0, TYPES[type], 0, 1);
  return Uint8Array.from(bytes);
}

/** Reads the reply to the query with `id`; `undefined` where the bytes are no such reply. */
export function decodeAnswer(bytes: Uint8Array, id: number, type: DnsType): DnsAnswer | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint16(0) !== id || (view.getUint8(2) & 0x80) === 0) {
    return undefined;
  }
  const code = view.getUint8(3) & 0x0f;
  const truncated = (view.getUint8(2) & 0x02) !== 0;
  const addresses: Uint8Array[] = [];
  const aliases: string[] = [];
  try {
    let at = HEADER_BYTES;
    for (let count = view.getUint16(4); count > 0; count--) at = readName(bytes, at).end + 4;
    for (let count = view.getUint16(6); count > 0; count--) {
      at = readName(bytes, at).end;
      const kind = view.getUint16(at);
      const length = view.getUint16(at + 8);
      const data = at + 10;
      at = data + length;
      if (at > bytes.length) throw new RangeError("Record is cut short");
      if (kind === CNAME) aliases.push(readName(bytes, data).name);
      else if (kind === TYPES[type] && length === (type === "A" ? 4 : 16)) {
        addresses.push(bytes.slice(data, at));
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // A truncated reply may end anywhere; any other that does is not worth having.
    if (!truncated) return undefined;
  }
  return { code, truncated, addresses, aliases };
}

/** A name and the offset after it. Throws RangeError past the end or on a loop of pointers. */
function readName(bytes: Uint8Array, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  for (let steps = 0; steps < 128; steps++) {
    const length = bytes[at];
    if (length === undefined) throw new RangeError("Name is cut short");
    if (length === 0) return { name: labels.join("."), end: end ?? at + 1 };
    if (length >= 0xc0) {
      end ??= at + 2;
      at = (length & 0x3f) * 256 + (bytes[at + 1] ?? 0);
      continue;
    }
    if (at + 1 + length > bytes.length) throw new RangeError("Name is cut short");
    const label = new TextDecoder("latin1").decode(bytes.subarray(at + 1, at + 1 + length));
    labels.push(label.replace(/[^\x21-\x7e]/g, "?"));
    at += 1 + length;
  }
  throw new RangeError("Name does not end");
}
