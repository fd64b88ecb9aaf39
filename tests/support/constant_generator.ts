import type { Random } from "./random.ts";

/** What constants are made of: values where servers, types, signs, scales and collations differ. */
const ATOMS = [
  "0",
  "1",
  "2",
  "3",
  "-1",
  "10",
  "007",
  "255",
  "2147483647",
  "9007199254740991",
  "9007199254740993",
  "18446744073709551615",
  "0.0",
  "1.0",
  "1.5",
  "0.1",
  "1.00000000000000000001",
  ".5",
  "1e0",
  "1e3",
  "1.5e-3",
  "1e400",
  "''",
  "'a'",
  "'A'",
  "'b'",
  "'i'",
  "'j'",
  "'I'",
  "'v'",
  "'w'",
  "'aa'",
  "'ab'",
  "'1'",
  "'01'",
  "'1.0'",
  "'1abc'",
  "'abc'",
  "'1e1'",
  "' 1'",
  "'a '",
  "' '",
  "'%'",
  "'_'",
  "'a%'",
  "'\\\\%'",
  "'é'",
  "'ß'",
  "'ss'",
  "'2020-01-01'",
  "'2020-1-1'",
  "'-1'",
  "'+2'",
  "'0x1'",
  "'.'",
  "'1.'",
  "NULL",
  "TRUE",
  "FALSE",
  "x'61'",
  "0x61",
  "0x30",
  "0x00",
  "b'1'",
  "0b01",
  "x'3131'",
  "_utf8mb4'a'",
  "_latin1'a'",
  "_binary'a'",
  "_ucs2 0x6161",
  "_ucs2'aa'",
  "_latin1 0x61",
  "N'a'",
  "DATE'2020-01-01'",
  "TIME'10:00:00'",
  "TIMESTAMP'2020-01-01 00:00:00'",
  "'a' COLLATE utf8mb4_bin",
  "'i' COLLATE utf8mb4_roman_ci",
  "'a' 'b'",
  "(SELECT 1)",
  "(SELECT 'a')",
  "(SELECT NULL)",
];

const BINARY = [
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "<=>",
  "+",
  "-",
  "*",
  "/",
  "%",
  "DIV",
  "MOD",
  "&",
  "|",
  "^",
  "<<",
  ">>",
  "AND",
  "OR",
  "XOR",
  "LIKE",
  "NOT LIKE",
];

const CALLS: readonly (readonly [name: string, args: number])[] = [
  ["ABS", 1],
  ["SIGN", 1],
  ["FLOOR", 1],
  ["CEIL", 1],
  ["CEILING", 1],
  ["LENGTH", 1],
  ["CHAR_LENGTH", 1],
  ["LOWER", 1],
  ["UPPER", 1],
  ["LCASE", 1],
  ["UCASE", 1],
  ["ASCII", 1],
  ["ISNULL", 1],
  ["CONCAT", 2],
  ["CONCAT", 3],
  ["COALESCE", 2],
  ["COALESCE", 3],
  ["IFNULL", 2],
  ["NULLIF", 2],
  ["IF", 3],
  ["GREATEST", 2],
  ["LEAST", 2],
  ["MOD", 2],
  ["STRCMP", 2],
  ["PI", 0],
];

/** A constant expression at random, of at most `depth` levels. */
export function generateConstant(random: Random, depth: number): string {
  if (depth <= 0 || random.once(6)) return random.pick(ATOMS);
  const part = (): string => generateConstant(random, depth - 1);
  switch (random.below(14)) {
    case 0:
      return `(${part()} BETWEEN ${part()} AND ${part()})`;
    case 1:
      return `(${part()} ${random.once(2) ? "NOT " : ""}IN (${part()}, ${part()}))`;
    case 2:
      return `(${part()} IS ${random.once(2) ? "NOT " : ""}${
        random.pick(["NULL", "TRUE", "FALSE", "UNKNOWN"])
      })`;
    case 3:
      return `(${random.pick(["NOT ", "!", "- ", "+", "~", "BINARY "])}${part()})`;
    case 4:
      return `(CASE WHEN ${part()} THEN ${part()} ELSE ${part()} END)`;
    case 5:
      return `(CASE ${part()} WHEN ${part()} THEN ${part()} WHEN ${part()} THEN ${part()} END)`;
    case 6:
      return `CAST(${part()} AS ${random.pick(["SIGNED", "UNSIGNED", "CHAR", "DECIMAL(10,2)", "CHAR(1)"])})`;
    case 7:
    case 8: {
      const [name, args] = random.pick(CALLS);
      return `${name}(${Array.from({ length: args }, part).join(", ")})`;
    }
    case 9:
      return `EXISTS (SELECT ${part()} WHERE ${part()})`;
    case 10:
      return `(SELECT ${part()})`;
    default:
      return `(${part()} ${random.pick(BINARY)} ${part()})`;
  }
}
