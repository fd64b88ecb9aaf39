import * as K from "./keyword_ids.ts";

/** The last reserved word's number: 1 up to this are reserved. */
const LAST_RESERVED = K.ZEROFILL;
/** The first name that is a keyword only before "(". */
const FIRST_FUNCTION = K.ADDDATE;

/** Keyword texts in upper case by number; the empty string at 0. */
export const KEYWORD_NAMES: readonly string[] = nameTable();

/** Whether a keyword cannot be an identifier without quotes. */
export function isReserved(keyword: number): boolean {
  return keyword > 0 && keyword <= LAST_RESERVED;
}

/** Whether a name is a keyword only when "(" follows it. */
export function isFunctionKeyword(keyword: number): boolean {
  return keyword >= FIRST_FUNCTION;
}

/** ASCII letters to upper case, everything else to itself. */
const UPPER = new Uint8Array(256);
for (let code = 0; code < 256; code++) UPPER[code] = code >= 97 && code <= 122 ? code - 32 : code;

/** Hash slots: a power of two, sparse enough that most names which are no keyword meet an empty slot at once. */
const SLOTS = 8192;
const slot = new Uint16Array(SLOTS);
/** Next keyword in the same slot. */
const chain = new Uint16Array(KEYWORD_NAMES.length);
/** All keyword texts in one array, and where each begins; its end is the next one's beginning. */
const texts = new Uint8Array(KEYWORD_NAMES.join("").length);
const textStart = new Uint16Array(KEYWORD_NAMES.length + 1);

const SHORTEST = 2;
const LONGEST = Math.max(...KEYWORD_NAMES.map((name) => name.length));

buildTable();

/**
 * The number of the keyword that bytes `start` to `end` spell in any case, or 0. Names that are keywords only before
 * "(" are found too: the caller looks for the parenthesis.
 */
export function findKeyword(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < SHORTEST || length > LONGEST) return 0;
  const first = UPPER[bytes[start]!]!;
  const second = UPPER[bytes[start + 1]!]!;
  const last = UPPER[bytes[end - 1]!]!;
  const middle = UPPER[bytes[start + (length >> 1)]!]!;
  let candidate = slot[hash(length, first, second, middle, last)]!;
  next: while (candidate !== 0) {
    let at = textStart[candidate]!;
    if (textStart[candidate + 1]! - at === length) {
      for (let index = start; index < end; index++) {
        if (UPPER[bytes[index]!] !== texts[at++]) {
          candidate = chain[candidate]!;
          continue next;
        }
      }
      return candidate;
    }
    candidate = chain[candidate]!;
  }
  return 0;
}

/** Whether bytes `start` to `end` spell `word`, given in upper case, in any case: for words that are no keywords. */
export function spells(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let index = 0; index < word.length; index++) {
    if (UPPER[bytes[start + index]!] !== word.charCodeAt(index)) return false;
  }
  return true;
}

function hash(length: number, first: number, second: number, middle: number, last: number): number {
  let value = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b) ^ Math.imul(middle, 0xc2b2ae35);
  value ^= Math.imul(last, 0x27d4eb2f) ^ Math.imul(length, 0x165667b1);
  return (value ^ (value >>> 15)) >>> 3 & (SLOTS - 1);
}

function buildTable(): void {
  let offset = 0;
  for (let number = 1; number < KEYWORD_NAMES.length; number++) {
    const name = KEYWORD_NAMES[number]!;
    textStart[number] = offset;
    for (let index = 0; index < name.length; index++) texts[offset++] = name.charCodeAt(index);
    const code = (at: number) => name.charCodeAt(at);
    const at = hash(name.length, code(0), code(1), code(name.length >> 1), code(name.length - 1));
    chain[number] = slot[at]!;
    slot[at] = number;
  }
  textStart[KEYWORD_NAMES.length] = offset;
}

function nameTable(): string[] {
  const names = [""];
  for (const [name, number] of Object.entries(K)) names[number] = name;
  return names;
}
