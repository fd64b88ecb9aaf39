import { CHARACTER, HINT, HINT_WORDS, S } from "./symbols.ts";
import { spells } from "../lexer/keywords.ts";
import type { SqlOptions } from "../options.ts";

/** Takes what a hint is made of, in order. */
export interface HintSink {
  readonly symbol: (symbol: number) => void;
  readonly number: () => void;
  readonly text: () => void;
  /** A name, with its quotes, as byte offsets. */
  readonly name: (symbol: number, from: number, to: number) => void;
}

/** Reads an optimizer hint, bytes `from` to `to` between its comment marks, as MySQL's scanner for hints does. */
export function scanHint(
  bytes: Uint8Array,
  from: number,
  to: number,
  options: SqlOptions,
  sink: HintSink,
): void {
  let p = from;
  let opened = false;
  /** Whether the last token lets an @ begin a query block's name. */
  let afterOpen = false;
  let afterName = false;
  while (p < to) {
    const byte = bytes[p]!;
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) {
      p++;
      afterName = false;
      continue;
    }
    if (!opened) sink.symbol(S.hintOpen);
    opened = true;
    const start = p;
    if (byte === 0x40 && (afterOpen || afterName) && p + 1 < to) {
      p = nameEnd(bytes, p + 1, to);
      sink.symbol(CHARACTER + 64);
      sink.name(S.identifier, start + 1, p);
      afterOpen = afterName = false;
      continue;
    }
    afterOpen = afterName = false;
    if (byte === 0x60 || byte === 0x22 || byte === 0x27) {
      p = nameEnd(bytes, p, to);
      if (byte === 0x60 || (byte === 0x22 && options.ansiQuotes)) {
        sink.name(p < to && bytes[p] === 0x40 ? S.identifierAt : S.identifier, start, p);
        afterName = true;
      } else sink.text();
    } else if (isNameByte(byte)) {
      p = nameEnd(bytes, p, to);
      if (isNumber(bytes, start, p)) {
        if (p + 1 < to && bytes[p] === 0x2e && bytes[p + 1]! >= 0x30 && bytes[p + 1]! <= 0x39) {
          p = nameEnd(bytes, p + 1, to);
        }
        sink.number();
      } else {
        const word = hintWord(bytes, start, p);
        if (word >= 0) sink.symbol(HINT + word);
        else {
          sink.name(p < to && bytes[p] === 0x40 ? S.identifierAt : S.identifier, start, p);
          afterName = true;
        }
      }
    } else if (byte === 0x2e && p + 1 < to && bytes[p + 1]! >= 0x30 && bytes[p + 1]! <= 0x39) {
      p = nameEnd(bytes, p + 1, to);
      sink.number();
    } else {
      p++;
      afterOpen = byte === 0x28;
      sink.symbol(byte === 0x3d ? S.hintEqual : CHARACTER + byte);
    }
  }
  if (opened) sink.symbol(S.hintClose);
}

/** Digits, perhaps with a scale such as 16M. */
function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++;
  if (p === start) return false;
  return p === end || (p === end - 1 && (bytes[p] === 0x4b || bytes[p] === 0x4d || bytes[p] === 0x47));
}

function hintWord(bytes: Uint8Array, start: number, end: number): number {
  for (let index = 0; index < HINT_WORDS.length; index++) {
    if (spells(bytes, start, end, HINT_WORDS[index]!)) return index;
  }
  return -1;
}

function nameEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return at;
  const quote = bytes[at]!;
  let p = at;
  if (quote !== 0x60 && quote !== 0x22 && quote !== 0x27) {
    while (p < to && isNameByte(bytes[p]!)) p++;
    return p;
  }
  for (p++; p < to; p++) {
    if (bytes[p] !== quote) continue;
    if (p + 1 < to && bytes[p + 1] === quote) p++;
    else return p + 1;
  }
  return to;
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f || byte === 0x24 || byte >= 0x80;
}
