/**
 * Variables in a file of `NAME=value` lines, as shells, systemd and dotenv libraries read them alike. A text here has one
 * character a byte (Latin-1), so that what is not changed stays byte for byte in any encoding.
 */
import { Buffer } from "node:buffer";

/** `export`, name and `=` of a line that sets a variable, and all that follows. A byte order mark may come first. */
const LINE = /^((?:\xef\xbb\xbf)?\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)(\s*=[ \t]*)(.*?)(\r?)$/s;
/** What needs no quotes for any reader. */
const BARE = /^[A-Za-z0-9_.,:/@%+-]*$/;
/** A quoted value, then nothing or a comment. */
const QUOTED = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")(\s*(?:#.*)?)$/s;
/** A value without quotes, then nothing or a comment that white space sets apart. */
const UNQUOTED = /^(.*?)(\s+#.*|\s*)$/s;

/** One line that sets a variable. */
export interface Assignment {
  readonly name: string;
  /** All before the value. */
  readonly start: string;
  /** As written, without quotes. */
  readonly value: string;
  readonly quote: "" | "'" | '"';
  /** All after the value: a comment, a carriage return. */
  readonly end: string;
}

/** The text of a file's bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** The bytes of a text. */
export function bytesOfText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** The variable that a line sets. */
function parseAssignment(line: string): Assignment | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, before = "", name = "", equals = "", rest = "", end = ""] = match;
  const start = before + name + equals;
  const quoted = QUOTED.exec(rest);
  if (quoted !== null) {
    const quote = rest.startsWith("'") ? "'" : '"';
    return { name, start, value: quoted[1] ?? quoted[2] ?? "", quote, end: (quoted[3] ?? "") + end };
  }
  const [, value = "", after = ""] = UNQUOTED.exec(rest) ?? [];
  return { name, start, value, quote: "", end: after + end };
}

/**
 * The text with each variable set: where it was set already, each such line, and at the end otherwise. Everything else,
 * comments after a value included, stays byte for byte. Errors: `Error` for a value that no quotes can carry.
 */
export function setAssignments(text: string, values: readonly (readonly [string, string])[]): string {
  let lines = text.split("\n");
  for (const [name, value] of values) {
    let found = false;
    lines = lines.map((line) => {
      const set = parseAssignment(line);
      if (set?.name !== name) return line;
      found = true;
      return `${set.start}${quote(value)}${set.end}`;
    });
    if (found) continue;
    const atEnd = lines.at(-1) === "";
    const end = lines[0]?.endsWith("\r") === true ? "\r" : "";
    if (atEnd) lines.splice(-1, 0, `${name}=${quote(value)}${end}`);
    else lines.push(`${name}=${quote(value)}${end}`, "");
  }
  return lines.join("\n");
}

/** Changes values where they stand, in the quotes they have. `change` gives `undefined` for those that stay. */
export function changeValues(text: string, change: (set: Assignment) => string | undefined): string {
  return text.split("\n").map((line) => {
    const set = parseAssignment(line);
    const changed = set === undefined ? undefined : change(set);
    if (set === undefined || changed === undefined) return line;
    return `${set.start}${set.quote}${changed}${set.quote}${set.end}`;
  }).join("\n");
}

/** Every line that sets a variable, in order. */
export function readAssignments(text: string): readonly Assignment[] {
  return text.split("\n").flatMap((line) => parseAssignment(line) ?? []);
}

/** The value that a variable ends up with, `undefined` where it is not set or written in a way we do not write. */
export function readAssignment(text: string, name: string): string | undefined {
  const set = readAssignments(text).findLast((each) => each.name === name);
  return set !== undefined && isPlain(set, set.value) ? set.value : undefined;
}

/** Whether every reader takes this part of a value for what stands there. */
export function isPlain({ quote }: Pick<Assignment, "quote">, part: string): boolean {
  return quote === "'" || (quote === '"' ? !/[\\$`]/.test(part) : BARE.test(part));
}

function quote(value: string): string {
  if (BARE.test(value)) return value;
  if (/['\r\n\0]/.test(value)) {
    throw new Error("the value contains a quote or a line break, which readers interpret differently");
  }
  return `'${value}'`;
}
