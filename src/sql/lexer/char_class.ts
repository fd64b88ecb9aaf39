import type { SqlCharset } from "../options.ts";
import {
  type ByteKind,
  highByteKinds,
  isSingleByte,
  SINGLE_BYTE_CHARSETS,
  type SingleByteCharset,
} from "./single_byte.ts";

/** What a byte can begin; the lexer branches on these. */
export const Class = {
  stray: 0,
  space: 1,
  identifier: 2,
  digit: 3,
  singleQuote: 4,
  doubleQuote: 5,
  backtick: 6,
  dot: 7,
  /** Stands for itself whatever follows. */
  single: 8,
  comparison: 9,
  less: 10,
  doubled: 11,
  hash: 12,
  semicolon: 13,
  colon: 14,
  nul: 15,
  slash: 16,
  star: 17,
  at: 18,
  letterX: 19,
  letterB: 20,
  letterN: 21,
  minus: 22,
  question: 23,
  backslash: 24,
  dollar: 25,
  /** A byte from 0x80 that may begin a character of several bytes. */
  high: 26,
  underscore: 27,
  /** The first byte of a client's own delimiter. */
  delimiter: 28,
  /** A byte from 0x80 that is a control character: stray, but behind two dashes it begins a comment. */
  control: 29,
} as const;

/** Tables by byte for one character set. */
export interface ClassTables {
  /** {@link Class} of each byte at the start of a token. */
  readonly classes: Uint8Array;
  /** 1 for the bytes that continue a name, 2 for those that may begin a character of several bytes. */
  readonly identifier: Uint8Array;
}

/** The tables of a character set. */
export function classTables(charset: SqlCharset): ClassTables {
  return TABLES[charset];
}

function makeTables(charset: SqlCharset): ClassTables {
  const classes = new Uint8Array(256);
  const identifier = new Uint8Array(256);
  for (let byte = 0x21; byte < 0x7f; byte++) classes[byte] = Class.single;
  for (const byte of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) classes[byte] = Class.space;
  if (isSingleByte(charset)) {
    for (const [index, kind] of highByteKinds(charset).entries()) classes[0x80 + index] = SINGLE_BYTE[kind];
  } else for (let byte = 0x80; byte < 0x100; byte++) classes[byte] = highClass(charset, byte);
  const letters = "abcdefghijklmnopqrstuvwxyz";
  for (const letter of letters + letters.toUpperCase()) classes[letter.charCodeAt(0)] = Class.identifier;
  for (const digit of "0123456789") classes[digit.charCodeAt(0)] = Class.digit;
  const named: Record<string, number> = {
    "'": Class.singleQuote,
    '"': Class.doubleQuote,
    "`": Class.backtick,
    ".": Class.dot,
    ">": Class.comparison,
    "=": Class.comparison,
    "!": Class.comparison,
    "<": Class.less,
    "&": Class.doubled,
    "|": Class.doubled,
    "#": Class.hash,
    ";": Class.semicolon,
    ":": Class.colon,
    "\0": Class.nul,
    "/": Class.slash,
    "*": Class.star,
    "@": Class.at,
    x: Class.letterX,
    X: Class.letterX,
    b: Class.letterB,
    B: Class.letterB,
    n: Class.letterN,
    N: Class.letterN,
    "-": Class.minus,
    "?": Class.question,
    "\\": Class.backslash,
    $: Class.dollar,
    _: Class.underscore,
  };
  for (const [character, value] of Object.entries(named)) classes[character.charCodeAt(0)] = value;
  for (let byte = 0; byte < 256; byte++) identifier[byte] = continuesName(classes[byte]!);
  if (charset === "utf8mb4") identifier.fill(2, 0x80, 0xff);
  return { classes, identifier };
}

function continuesName(value: number): number {
  switch (value) {
    case Class.identifier:
    case Class.digit:
    case Class.letterX:
    case Class.letterB:
    case Class.letterN:
    case Class.dollar:
    case Class.underscore:
      return 1;
    case Class.high:
      return 2;
    default:
      return 0;
  }
}

/** {@link Class} of the kinds of bytes in character sets of one byte a character. */
const SINGLE_BYTE: Readonly<Record<ByteKind, number>> = {
  letter: Class.identifier,
  space: Class.space,
  control: Class.control,
  other: Class.stray,
};

function highClass(charset: Exclude<SqlCharset, SingleByteCharset>, byte: number): number {
  switch (charset) {
    case "swe7":
      return Class.stray;
    case "utf8mb4":
      // A byte that can begin no character is a letter to MySQL, one that can must begin a whole one.
      if (byte === 0xff) return Class.stray;
      return byte >= 0xc2 && byte <= 0xf7 ? Class.high : Class.identifier;
    case "sjis":
    case "cp932":
      return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc) ? Class.high : Class.stray;
    case "big5":
      return byte >= 0xa1 && byte <= 0xf9 ? Class.high : Class.stray;
    case "gb2312":
      if (byte >= 0xf8 && byte <= 0xfe) return Class.identifier;
      return byte >= 0xa1 && byte <= 0xf7 ? Class.high : Class.stray;
    case "ujis":
      return byte === 0x8e || byte === 0x8f || (byte >= 0xa1 && byte <= 0xfe) ? Class.high : Class.stray;
    case "gb18030":
      if (byte === 0x80) return Class.identifier;
      return byte >= 0x81 && byte <= 0xfe ? Class.high : Class.stray;
    case "gbk":
    case "euckr":
      return byte >= 0x81 && byte <= 0xfe ? Class.high : Class.stray;
  }
}

const TABLES = Object.fromEntries(
  [
    ...SINGLE_BYTE_CHARSETS,
    "swe7",
    "utf8mb4",
    "gbk",
    "big5",
    "sjis",
    "cp932",
    "gb18030",
    "gb2312",
    "euckr",
    "ujis",
  ].map((charset) => [charset, makeTables(charset as SqlCharset)]),
) as Readonly<Record<SqlCharset, ClassTables>>;
