/** Bytes that a session reads at a time while it is idle or its commands are small. */
export const SMALL_BUFFER_BYTES = 4 * 1024;
/** Bytes that it reads at a time while a response or an upload is long. */
export const LARGE_BUFFER_BYTES = 256 * 1024;

const MAX_KEPT = 32;
const kept: Uint8Array[] = [];

/** A large buffer; its content is whatever a session before left in it and never leaves the reader. */
export function takeLargeBuffer(): Uint8Array {
  return kept.pop() ?? new Uint8Array(LARGE_BUFFER_BYTES);
}

/** Gives a large buffer back; nobody may use it any more. */
export function returnLargeBuffer(buffer: Uint8Array): void {
  if (buffer.length === LARGE_BUFFER_BYTES && kept.length < MAX_KEPT) kept.push(buffer);
}
