import type { SqlCharset } from "../options.ts";

/** How a character set is lexed, by its name. */
export function charsetOf(name: string): SqlCharset {
  switch (name.toLowerCase()) {
    case "utf8mb4":
    case "utf8mb3":
    case "utf8":
      return "utf8mb4";
    case "gbk":
    case "big5":
    case "sjis":
    case "cp932":
    case "gb18030":
    case "gb2312":
    case "euckr":
    case "ujis":
    case "binary":
      return name.toLowerCase() as SqlCharset;
    case "eucjpms":
      return "ujis";
    case "ascii":
      return "binary";
    default:
      return "latin1";
  }
}

const COLLATION_CHARSETS: ReadonlyMap<number, SqlCharset> = new Map([
  [1, "big5"],
  [84, "big5"],
  [12, "ujis"],
  [91, "ujis"],
  [97, "ujis"],
  [98, "ujis"],
  [13, "sjis"],
  [88, "sjis"],
  [19, "euckr"],
  [85, "euckr"],
  [24, "gb2312"],
  [86, "gb2312"],
  [28, "gbk"],
  [87, "gbk"],
  [95, "cp932"],
  [96, "cp932"],
  [248, "gb18030"],
  [249, "gb18030"],
  [250, "gb18030"],
  [63, "binary"],
  [11, "binary"],
  [65, "binary"],
]);

/** The character set of a collation's number; utf8mb4 for those a server does not know, as it takes its default. */
export function charsetOfCollation(collation: number): SqlCharset {
  // MariaDB's collations without padding lie 1024 above those with it.
  const id = collation >= 1024 && collation < 2048 ? collation - 1024 : collation;
  const known = COLLATION_CHARSETS.get(id);
  if (known !== undefined) return known;
  if (id === 33 || id === 45 || id === 46 || id === 76 || id === 83 || id >= 192 || id === 0) {
    return "utf8mb4";
  }
  return "latin1";
}
