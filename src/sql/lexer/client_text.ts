/**
 * What a text for a client program holds beside SQL: the comments by which migration tools part a file, and the commands
 * of the `mysql` client. Recognized as the programs themselves do; nothing of it is looked at in a server's text.
 */

/** Which half of a migration follows. */
export type MarkerSection = "up" | "down";

/** A comment line that speaks to a migration tool. */
export interface Marker {
  /** Which half of the migration begins. */
  readonly section?: MarkerSection;
  /** The statement before it ends here, whether terminated or not. */
  readonly ends: boolean;
  /** What ends statements from here on; empty for the semicolon. */
  readonly delimiter?: string;
  /** The file is Liquibase's: every line that begins with `--` is a comment, and a lone `/` or GO ends a statement. */
  readonly liquibase?: true;
}

/** Longest marker line, in bytes. */
const LONGEST_MARKER = 1024;
const DASH = 0x2d;
const LF = 0x0a;

type MarkerRule = readonly [pattern: RegExp, read: (match: RegExpExecArray) => Marker];

const HALF: Readonly<Record<string, MarkerSection>> = {
  up: "up",
  ups: "up",
  down: "down",
  downs: "down",
  undo: "down",
};

const half = (match: RegExpExecArray): Marker => {
  const section = HALF[match[1]?.toLowerCase() ?? ""];
  return section === undefined ? { ends: true } : { ends: true, section };
};

/** The tools' markers, each as its own parser reads it. */
const MARKERS: readonly MarkerRule[] = [
  // Drizzle: wherever it stands, at a line's end too.
  [/^--> *statement-breakpoint/, () => ({ ends: true })],
  // goose and sql-migrate: Up, Down, StatementBegin, StatementEnd, and words that end nothing.
  [/^-{2,}\s*\+(?:goose|migrate)\s+(up|down|statementbegin|statementend)\b/i, half],
  // dbmate, sections of its forks included.
  [/^--\s*migrate:(up|down)(?:-section|:\w+)?(?:\s|$)/i, half],
  [/^--\s*rambler\s+(up|down)\b/i, half],
  // Play evolutions.
  [/^(?:#|--).*!(Ups|Downs)\b/, half],
  // MyBatis Migrations and DbDeploy.
  [/^--\s*(?:\/\/)?\s*@(undo)\b/i, half],
  [/^--\s*(?:\/\/)?\s*@delimiter\s+(\S+)/i, (match) => ({ ends: true, delimiter: match[1] ?? "" })],
  // shmig
  [/^--\s*={4,}\s*(up|down)\s*={4,}/i, half],
  [/^--\s*liquibase\s+formatted\b/i, () => ({ ends: true, liquibase: true })],
  [/^--\s*changeset\s+(?:"[^"]+"|[^:]+):\s*\S+(.*)/i, (match) => ({
    ends: true,
    liquibase: true,
    delimiter: liquibaseDelimiter(match[1] ?? ""),
  })],
];

/** The marker in the line comment that begins at `at`, where one stands there. */
export function readMarker(bytes: Uint8Array, at: number, to: number): Marker | undefined {
  if (!mayBeMarker(bytes, at, to)) return undefined;
  const end = lineEnd(bytes, at, to);
  if (end - at > LONGEST_MARKER) return undefined;
  const line = decoder.decode(bytes.subarray(at, end)).trimEnd();
  for (const [pattern, read] of MARKERS) {
    const match = pattern.exec(line);
    if (match !== null) return read(match);
  }
  return undefined;
}

/** A cheap look first: dumps have many comments. */
function mayBeMarker(bytes: Uint8Array, at: number, to: number): boolean {
  let p = at;
  while (p < to && (bytes[p] === DASH || bytes[p] === 0x23)) p++;
  while (p < to && isSpace(bytes[p]!)) p++;
  const byte = p < to ? bytes[p]! : 0;
  return FIRST_BYTES.has(byte) || byte > 0x7f;
}

const FIRST_BYTES = new Set([...">+!/@=mMrRlLcC-"].map((char) => char.charCodeAt(0)));

/** `endDelimiter` of a changeset's attributes, which is a pattern: what it matches in plain cases. */
function liquibaseDelimiter(attributes: string): string {
  const written = /\bendDelimiter:\s*("[^"]*"|'[^']*'|\S*)/i.exec(attributes)?.[1] ?? "";
  const text = written.replace(/^(["'])(.*)\1$/, "$2").replace(/\\[nrst][*+]?/g, "").replace(/\\(.)/g, "$1")
    .replace(/^\^|(?<=.)\$$(?<!\$\$)/g, "");
  return text.trim();
}

/** How `--` that is no comment for the server is to be read in a client's text. */
export function isDashComment(bytes: Uint8Array, at: number, to: number, liquibase: boolean): boolean {
  // "-->" is no SQL in any case.
  if (at + 2 < to && bytes[at + 2] === 0x3e) return true;
  if (!isFirstOnLine(bytes, at)) return false;
  return liquibase || readMarker(bytes, at, to) !== undefined;
}

/** Whether nothing but white space stands before `at` on its line. */
function isFirstOnLine(bytes: Uint8Array, at: number): boolean {
  let p = at - 1;
  while (p >= 0 && bytes[p] !== LF && isSpace(bytes[p]!)) p--;
  return p < 0 || bytes[p] === LF;
}

/** Whether the word from `start` to `end` is a line's DELIMITER command, which ends the statement before it. */
export function isDelimiterCommand(bytes: Uint8Array, start: number, end: number, to: number): boolean {
  return end - start === 9 && end < to && (bytes[end] === 0x20 || bytes[end] === 0x09) &&
    isFirstOnLine(bytes, start) &&
    decoder.decode(bytes.subarray(start, end)).toLowerCase() === "delimiter";
}

/** Whether `start` to `end` has its line for itself. */
export function isAloneOnLine(bytes: Uint8Array, start: number, end: number, to: number): boolean {
  let p = end;
  while (p < to && bytes[p] !== LF && isSpace(bytes[p]!)) p++;
  return (p >= to || bytes[p] === LF) && isFirstOnLine(bytes, start);
}

/** End of the line, the line break not included. */
export function lineEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = bytes.indexOf(LF, at);
  return end < 0 || end > to ? to : end;
}

/** Whether a byte is an ASCII letter. */
export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** A byte in either case. */
export function caseVariants(byte: number): readonly number[] {
  return isLetter(byte) ? [byte | 0x20, byte & ~0x20] : [byte];
}

/** End of a MyBatis parameter, `#{name}`, which the server would take for a comment; 0 where none begins at `at`. */
export function parameterEnd(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at + 1] !== 0x7b || isFirstOnLine(bytes, at)) return 0;
  const close = bytes.indexOf(0x7d, at);
  if (close < 0 || close >= to || close - at > LONGEST_MARKER) return 0;
  return PARAMETER.test(decoder.decode(bytes.subarray(at + 2, close))) ? close + 1 : 0;
}

/** A property's path, and attributes such as jdbcType. */
const PARAMETER = /^\s*[\w.[\]]+(?:\s*,\s*\w+\s*=\s*[\w.]+)*\s*$/;

/** What a backslash command of the `mysql` client does to the statement that it stands in. */
export type BackslashCommand = "end" | "clear" | "line" | undefined;

/** The command that the backslash at `at` begins; undefined where the client knows none. */
export function backslashCommand(bytes: Uint8Array, at: number, to: number): BackslashCommand {
  const letter = at + 1 < to ? String.fromCharCode(bytes[at + 1]!) : "";
  if (letter === "g" || letter === "G" || letter === "q") return "end";
  if (letter === "c") return "clear";
  return letter !== "" && "?#!.CdehnpPrRstTuwWx".includes(letter) ? "line" : undefined;
}

/** White space of the C locale. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

const decoder = new TextDecoder();
