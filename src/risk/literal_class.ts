/** What of a statement's literals counts as its shape beside their kinds. */

import { LIKE, LIMIT, OFFSET } from "../sql/lexer/keyword_ids.ts";
import type { TokenBuffer } from "../sql/lexer/token_buffer.ts";
import { T } from "../sql/lexer/tokens.ts";

/** Strings of fewer bytes hold no key, token, card or certificate that a rule looks for. */
const LONG_LITERAL_BYTES = 12;

/** Bit of {@link literalClass}: a string or number of LONG_LITERAL_BYTES and more is among the tokens. */
const HAS_LONG = 1;

/**
 * A 32-bit hash of what rules may see of literals when they say that they read the shape alone: the number of digits of
 * LIMIT's and OFFSET's numbers (zero and one apart), whether LIKE's pattern begins with a wildcard or is empty, whether any literal
 * is long, and the sizes of a large text: its bytes from 1,024 and its tokens from 512, in powers of two.
 */
export function literalClass(
  bytes: Uint8Array,
  tokens: TokenBuffer,
  first = 0,
  last = tokens.length,
): number {
  const size = bytes.length < 1024 ? 0 : 32 - Math.clz32(bytes.length);
  const count = last - first < 512 ? 0 : 32 - Math.clz32(last - first);
  let hash = size + count === 0 ? 0 : mix(0, size << 6 | count);
  let inLimit = false;
  for (let index = first; index < last; index++) {
    const kind = tokens.kind[index]!;
    if (kind === T.keyword) {
      const keyword = tokens.keyword[index]!;
      inLimit = keyword === LIMIT || keyword === OFFSET;
      continue;
    }
    if (kind < T.string || kind > T.float) {
      if (inLimit && kind !== T.comma && kind !== T.placeholder) inLimit = false;
      continue;
    }
    const start = tokens.start[index]!;
    const length = tokens.end[index]! - start;
    if (length >= LONG_LITERAL_BYTES) hash |= HAS_LONG;
    if (inLimit && kind === T.integer) {
      const digit = length === 1 ? bytes[start]! : 0;
      hash = mix(hash, digit === 48 ? 0 : digit === 49 ? 99 : length);
    } else if (kind === T.string && index > first && tokens.keyword[index - 1] === LIKE) {
      const byte = bytes[start + 1];
      hash = mix(hash, length <= 2 ? 101 : byte === 37 || byte === 95 ? 102 : 103);
    }
  }
  return hash;
}

/** Mixes a small number into the upper bits; the lowest stays a flag. */
function mix(hash: number, value: number): number {
  return (Math.imul(hash ^ (value + 1) << 1, 0x9e3779b2) & ~1) | (hash & HAS_LONG);
}
