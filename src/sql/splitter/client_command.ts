import { spells } from "../lexer/keywords.ts";

/** A line for the `mysql` client rather than the server. */
export interface ClientCommand {
  /** Where the command's word begins. */
  readonly start: number;
  /** Where its line ends, the line break not included. */
  readonly end: number;
  /** What ends statements from here on. */
  readonly delimiter: Uint8Array;
}

/** The text has ended before it was clear whether a command stands there. */
export const NEED_MORE = Symbol("need more");

const WORD = "DELIMITER";

/**
 * The DELIMITER command that stands next from `from` on, past white space and comments, if one does. With `final`
 * unset, more text may follow.
 */
export function delimiterCommand(
  bytes: Uint8Array,
  from: number,
  to: number,
  final: boolean,
): ClientCommand | typeof NEED_MORE | undefined {
  const start = skipBlank(bytes, from, to);
  if (start + WORD.length >= to) {
    if (final) return undefined;
    return start >= to || spells(bytes, start, to, WORD.slice(0, to - start)) ? NEED_MORE : undefined;
  }
  if (!spells(bytes, start, start + WORD.length, WORD) || !isBlank(bytes[start + WORD.length]!)) {
    return undefined;
  }
  let end = bytes.indexOf(0x0a, start);
  if (end < 0 || end >= to) {
    if (!final) return NEED_MORE;
    end = to;
  }
  let at = start + WORD.length;
  while (at < end && isBlank(bytes[at]!)) at++;
  let stop = at;
  while (stop < end && !isBlank(bytes[stop]!)) stop++;
  return { start, end, delimiter: stop > at ? bytes.slice(at, stop) : new Uint8Array([0x3b]) };
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Whether `--` before this byte begins a comment; `-->` is what migration tools part statements by. */
function startsComment(byte: number): boolean {
  return isBlank(byte) || byte === 0x3e;
}

/** Passes white space and comments that are no code. */
function skipBlank(bytes: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to) {
    const byte = bytes[p]!;
    if (isBlank(byte) || (byte === 0xef && bytes[p + 1] === 0xbb && bytes[p + 2] === 0xbf && p === from)) {
      p += byte === 0xef ? 3 : 1;
    } else if (
      byte === 0x23 || (byte === 0x2d && bytes[p + 1] === 0x2d && startsComment(bytes[p + 2] ?? 0x20))
    ) {
      const end = bytes.indexOf(0x0a, p);
      p = end < 0 || end > to ? to : end;
    } else if (byte === 0x2f && bytes[p + 1] === 0x2a && bytes[p + 2] !== 0x21 && bytes[p + 2] !== 0x2b) {
      let end = p + 2;
      while (end < to && !(bytes[end] === 0x2a && bytes[end + 1] === 0x2f)) end++;
      p = Math.min(end + 2, to);
    } else break;
  }
  return Math.min(p, to);
}
