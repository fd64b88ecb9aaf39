import { spells } from "./keywords.ts";

/** Character sets of MySQL 9.7 that may stand as an introducer, by the length of their name. */
const NAMES = [
  "armscii8 ascii big5 binary cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb18030",
  "gb2312 gbk geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman sjis swe7",
  "tis620 ucs2 ujis utf16 utf16le utf32 utf8 utf8mb3 utf8mb4",
].join(" ").toUpperCase().split(" ");

const NAMES_BY_LENGTH: ReadonlyMap<number, readonly string[]> = Map.groupBy(NAMES, (name) => name.length);

/** Whether bytes `start` to `end` name a character set, in any case. */
export function isCharsetName(bytes: Uint8Array, start: number, end: number): boolean {
  const names = NAMES_BY_LENGTH.get(end - start);
  if (names === undefined) return false;
  for (const name of names) {
    if (spells(bytes, start, end, name)) return true;
  }
  return false;
}
