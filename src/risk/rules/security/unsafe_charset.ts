import { hit, statementRule } from "../../rule.ts";
import { wordOf } from "../../variables.ts";

/** Character sets whose second byte can be a backslash or a quote's neighbour. */
const UNSAFE = /^(gbk|gb18030|big5|sjis|cp932)$/i;
/** Character sets in which texts of ASCII are not what they look like. */
const UNREADABLE = /^(swe7|ucs2|utf16|utf16le|utf32)(_|$)/i;
const VARIABLES: ReadonlySet<string> = new Set([
  "character_set_client",
  "character_set_connection",
  "collation_connection",
]);
const UNREADABLE_SCORE = 92;

/** Connection character set in which escaping fails. */
export const unsafeCharset = statementRule({
  code: "S023",
  name: "unsafe-charset",
  group: "security",
  title: "Connection character set in which escaping fails",
  score: 60,
  why:
    "In GBK, Big5 and Shift-JIS a backslash can be half of a character: a client that escapes byte by byte is open to injection.",
  fix: "Use utf8mb4, set by the driver's option rather than by SET NAMES, and bind values as parameters.",
  fires: [
    "SET NAMES gbk",
    "SET NAMES 'sjis' COLLATE sjis_japanese_ci",
    "SET character_set_client = big5",
    "SET NAMES swe7",
  ],
  quiet: ["SET NAMES utf8mb4", "SET NAMES latin1", "SET character_set_results = gbk"],
  references: ["https://dev.mysql.com/doc/c-api/8.4/en/mysql-real-escape-string.html"],
  reads: "text",
  kinds: ["set"],
  mayFire: (statement) => statement.items.some((item) => item.target !== "user"),
  check(statement) {
    return statement.items.flatMap((item) => {
      if (item.target === "user" || item.target === "system" && !VARIABLES.has(item.name)) return [];
      const name = wordOf(item) ?? "";
      if (UNREADABLE.test(name)) {
        return [hit(item, "Texts are not read as they are written in this character set", UNREADABLE_SCORE)];
      }
      return UNSAFE.test(name) ? [hit(item, "Byte-wise escaping is unsafe in this character set")] : [];
    });
  },
});
