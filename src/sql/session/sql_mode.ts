/** The sql_mode bits that change lexing, under MySQL's own numbers. */
export const SqlMode = {
  pipesAsConcat: 2,
  ansiQuotes: 4,
  ignoreSpace: 8,
  noBackslashEscapes: 1 << 20,
  highNotPrecedence: 1 << 29,
} as const;
const ANSI = SqlMode.pipesAsConcat | SqlMode.ansiQuotes | SqlMode.ignoreSpace;
export const ANSI_BIT = 1 << 18;
/** Those whose absence or presence makes another reading of a text. */
export const LEXING = SqlMode.pipesAsConcat | SqlMode.ansiQuotes | SqlMode.noBackslashEscapes;
const ALL = ANSI | ANSI_BIT | SqlMode.noBackslashEscapes | SqlMode.highNotPrecedence;

const MODE_NAMES: ReadonlyMap<string, number> = new Map([
  ["PIPES_AS_CONCAT", SqlMode.pipesAsConcat],
  ["ANSI_QUOTES", SqlMode.ansiQuotes],
  ["IGNORE_SPACE", SqlMode.ignoreSpace],
  ["NO_BACKSLASH_ESCAPES", SqlMode.noBackslashEscapes],
  ["HIGH_NOT_PRECEDENCE", SqlMode.highNotPrecedence],
  ["ANSI", ANSI | ANSI_BIT],
  // MariaDB and MySQL 5.7 know modes of other products.
  ["ORACLE", ANSI],
  ["POSTGRESQL", ANSI],
  ["MSSQL", ANSI],
  ["DB2", ANSI],
  ["MAXDB", ANSI],
]);

/** The bits of a list of mode names, as SET takes it. */
export function modesIn(text: string): number {
  let mode = 0;
  for (const word of text.split(",")) mode |= MODE_NAMES.get(word.trim().toUpperCase()) ?? 0;
  return mode;
}

/** What @@sql_mode shows of the bits. */
export function textOfMode(mode: number): string {
  const words: string[] = [];
  if ((mode & SqlMode.pipesAsConcat) !== 0) words.push("PIPES_AS_CONCAT");
  if ((mode & SqlMode.ansiQuotes) !== 0) words.push("ANSI_QUOTES");
  if ((mode & SqlMode.ignoreSpace) !== 0) words.push("IGNORE_SPACE");
  if ((mode & ANSI_BIT) !== 0) words.push("ANSI");
  if ((mode & SqlMode.noBackslashEscapes) !== 0) words.push("NO_BACKSLASH_ESCAPES");
  if ((mode & SqlMode.highNotPrecedence) !== 0) words.push("HIGH_NOT_PRECEDENCE");
  return words.join(",");
}

/** The bits a number gives; ANSI brings those it stands for. */
export function modesOfNumber(value: number): number {
  return (value & ALL) | ((value & ANSI_BIT) === 0 ? 0 : ANSI);
}
