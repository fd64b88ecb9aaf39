import { highByteKinds, isSingleByte, SINGLE_BYTE_CHARSETS } from "../lexer/single_byte.ts";
import type { SqlCharset } from "../options.ts";

/** Names of character sets that are lexed like another. */
const ALIKE: Readonly<Record<string, SqlCharset>> = {
  utf8: "utf8mb4",
  utf8mb3: "utf8mb4",
  utf8mb4: "utf8mb4",
  eucjpms: "ujis",
  ascii: "binary",
  tis620: "binary",
  latin5: "dec8",
};

const MULTI_BYTE: ReadonlySet<string> = new Set([
  "gbk",
  "big5",
  "sjis",
  "cp932",
  "gb18030",
  "gb2312",
  "euckr",
  "ujis",
  "swe7",
]);

/** How a character set is lexed, by its name; undefined for a name that servers do not know. */
export function charsetOf(name: string): SqlCharset | undefined {
  const key = name.toLowerCase();
  if (Object.hasOwn(ALIKE, key)) return ALIKE[key];
  return isSingleByte(key) || MULTI_BYTE.has(key) ? key as SqlCharset : undefined;
}

/** Collation ids by character set, from information_schema.collations of MySQL 9.7; those of Unicode are not listed. */
const COLLATIONS: Readonly<Record<string, readonly number[]>> = {
  armscii8: [32, 64],
  binary: [63, 11, 65, 18, 89],
  big5: [1, 84],
  cp1250: [26, 34, 44, 66, 99],
  cp1251: [14, 23, 50, 51, 52],
  cp1256: [57, 67],
  cp1257: [29, 58, 59],
  cp850: [4, 80],
  cp852: [40, 81],
  cp866: [36, 68],
  cp932: [95, 96],
  dec8: [3, 69, 30, 78],
  euckr: [19, 85],
  gb18030: [248, 249, 250],
  gb2312: [24, 86],
  gbk: [28, 87],
  geostd8: [92, 93],
  greek: [25, 70],
  hebrew: [16, 71],
  hp8: [6, 72],
  keybcs2: [37, 73],
  koi8r: [7, 74],
  koi8u: [22, 75],
  latin1: [5, 8, 15, 31, 47, 48, 49, 94],
  latin2: [2, 9, 21, 27, 77],
  latin7: [20, 41, 42, 79],
  macce: [38, 43],
  macroman: [39, 53],
  sjis: [13, 88],
  swe7: [10, 82],
  ujis: [12, 91, 97, 98],
};

const BY_COLLATION: ReadonlyMap<number, SqlCharset> = new Map(
  Object.entries(COLLATIONS).flatMap(([charset, ids]) => ids.map((id) => [id, charset as SqlCharset])),
);

/** The character set of a collation's id; utf8mb4 for those a server does not know, as it takes its default. */
export function charsetOfCollation(collation: number): SqlCharset {
  // MariaDB's collations without padding lie 1024 above those with it.
  const id = collation >= 1024 && collation < 2048 ? collation - 1024 : collation;
  return BY_COLLATION.get(id) ?? "utf8mb4";
}

/** Character sets in which a backslash, a brace or a bar may be a letter, or ASCII is no single byte. */
const NOT_ASCII = /^(swe7|ucs2|utf16|utf16le|utf32)/i;

/** Whether texts of ASCII stay what they are in a character set or collation of this name. */
export function keepsAscii(name: string): boolean {
  return !NOT_ASCII.test(name);
}

/** One of each way that bytes from 0x80 may hide a quote or a backslash. */
const HIDING: readonly SqlCharset[] = ["utf8mb4", "gbk", "big5", "sjis", "gb18030"];

/**
 * Character sets under which these bytes may be read, where the session's is not known: one of each way. Sets of one byte
 * a character differ in what is white space, and in what begins a comment behind two dashes; a letter is read for what
 * the server may not take at all.
 */
export function charsetReadings(bytes: Uint8Array): SqlCharset[] {
  const high = new Set<number>();
  const behindDashes = new Set<number>();
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80) continue;
    high.add(byte);
    if (at > 1 && bytes[at - 1] === DASH && bytes[at - 2] === DASH) behindDashes.add(byte);
  }
  const ways = new Map<string, SqlCharset>([["", "latin1"]]);
  for (const charset of SINGLE_BYTE_CHARSETS) {
    const kinds = highByteKinds(charset);
    const spaces = [...high].filter((byte) => kinds[byte - 0x80] === "space");
    const comments = [...behindDashes].filter((byte) => kinds[byte - 0x80] === "control");
    const way = [...spaces, ...comments].join(" ");
    if (!ways.has(way)) ways.set(way, charset);
    else if (charset === "latin1") ways.set(way, charset);
  }
  return [...HIDING, ...ways.values()];
}

const DASH = 0x2d;
