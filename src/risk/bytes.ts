/** Reading a statement's bytes where its facts do not say enough. */

import type { Span } from "../sql/statement.ts";

const decoder = new TextDecoder();

/** The text of a span. Bytes that are not UTF-8 become U+FFFD. */
export function textOf(bytes: Uint8Array, span: Span): string {
  return decoder.decode(bytes.subarray(span.start, span.end));
}

/** The last byte before an offset that is not white space; 0 at the start. */
export function byteBefore(bytes: Uint8Array, offset: number): number {
  for (let at = offset - 1; at >= 0; at--) {
    const byte = bytes[at] ?? 0;
    if (byte > 32) return byte;
  }
  return 0;
}
