/**
 * What MySQL's lexer makes of the bytes from 0x80 in character sets of one byte a character, read off MySQL 9.7 by
 * tests/integration/charset_test.ts, which holds this table to the server.
 */

/** Letters that continue a name, white space, control characters (which only count behind `--`), and all others. */
export type ByteKind = "letter" | "space" | "control" | "other";

const KINDS: Readonly<Record<string, ByteKind>> = { a: "letter", _: "space", "^": "control", ".": "other" };

/** Runs of bytes from 0x80 to 0xff: how many, and which kind. */
const RUNS = {
  armscii8: "32._17.76a2.",
  cp1250: "2^.^4.^.a.4a^7.^.a.4a_2.a.a.a2.a4.a3.a5.2a.a.25a.31a.7a.",
  cp1251: "2a.a6.a.5a9.a.4a.3a.a2.a.a4.a2.3a3.a.a.68a",
  cp1256: ".a.a8.3a.a11.a36.22a.31a.5a3.",
  cp1257: "40.a.a4.a8.a.a4.24a.31a.7a.",
  cp850: "28a.a2.6a15.3a14.2a8.9a5.a.6a.7a17.^",
  cp852: "30a.11a.3a7.4a4.2a7.2a8.9a4.2a.15a12.3a._",
  cp866: "48a48.24a7._",
  dec8: "32._31.23a.31a.8a",
  geostd8: "32._31.38a26.",
  greek: "32._21.a.3a.a.20a.44a.",
  hebrew: "32._63.27a2.2^.",
  hp8: "33^16.2^18.a6.a.3a2.2a2.2a.3a21.4^9.^",
  keybcs2: "44a52.6a.5a.2a16._",
  koi8r: "35.a15.a12.64a",
  koi8u: "35.2a.2a5.a5.2a.2a5.a2.64a",
  latin1: "3.a6.a.a.a11.a.a.2a_31.23a.31a.8a",
  latin2: "32._a.a.2a2.4a.2a.a.a.2a2.4a.18a.6a.7a.23a.7a.",
  latin7: "a^.^4.^.^.^3.^7.^.^.^2.^_^3.^4.a4.a10.a4.24a.31a.7a.",
  macce: "32a2.a4.a3.a2.4a2.2a2.10a2.2a5.5a8.4a2.4a2.27a.",
  macroman: "^31a7.a6.2a14.2a4.a6.^2a10.2a11.^10a.5a10.",
  binary: "128.",
} as const;

/** A character set of one byte a character, by the name of one of those that are alike. */
export type SingleByteCharset = keyof typeof RUNS;

/** Every {@link SingleByteCharset}. */
export const SINGLE_BYTE_CHARSETS = Object.keys(RUNS) as readonly SingleByteCharset[];

/** Whether a character set is one of these. */
export function isSingleByte(charset: string): charset is SingleByteCharset {
  return Object.hasOwn(RUNS, charset);
}

/** The kinds of the bytes from 0x80 to 0xff. */
export function highByteKinds(charset: SingleByteCharset): readonly ByteKind[] {
  const kinds: ByteKind[] = [];
  for (const [, length, kind] of RUNS[charset].matchAll(/(\d*)([a_^.])/g)) {
    for (let left = Number(length || 1); left > 0; left--) kinds.push(KINDS[kind!]!);
  }
  return kinds;
}
