/** Bytes of a packet's header: payload length (3, little-endian) and sequence id (1). */
export const HEADER_BYTES = 4;

/** A payload of this length is continued by the next packet, which may be empty. */
export const MAX_PAYLOAD_BYTES = 0xffffff;

/** The payload length in the header at `at`; the four bytes must be there. */
export function readPayloadLength(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
}

/** One payload as packets, split where it is 16 MB or longer; the sequence ids start at `sequence`. */
export function encodePackets(sequence: number, payload: Uint8Array): Uint8Array {
  const count = Math.floor(payload.length / MAX_PAYLOAD_BYTES) + 1;
  const bytes = new Uint8Array(payload.length + count * HEADER_BYTES);
  let at = 0;
  for (let index = 0; index < count; index++) {
    const part = payload.subarray(index * MAX_PAYLOAD_BYTES, (index + 1) * MAX_PAYLOAD_BYTES);
    bytes[at] = part.length & 0xff;
    bytes[at + 1] = (part.length >>> 8) & 0xff;
    bytes[at + 2] = (part.length >>> 16) & 0xff;
    bytes[at + 3] = (sequence + index) & 0xff;
    bytes.set(part, at + HEADER_BYTES);
    at += HEADER_BYTES + part.length;
  }
  return bytes;
}
