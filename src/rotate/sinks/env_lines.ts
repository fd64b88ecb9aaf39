/** Variables in a file of `NAME=value` lines, as shells, systemd and dotenv libraries read them alike. */

/** `export`, name, `=` and value of a line that sets a variable. */
const LINE = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)(\s*=[ \t]*)(.*?)(\r?)$/;
/** What needs no quotes for any reader. */
const BARE = /^[A-Za-z0-9_.,:/@%+-]*$/;

/**
 * The text with each variable set: where it was set already, each such line, and at the end otherwise. Everything else
 * stays byte for byte. Errors: `Error` for a value that no quotes can carry.
 */
export function setAssignments(text: string, values: readonly (readonly [string, string])[]): string {
  let lines = text.split("\n");
  for (const [name, value] of values) {
    let found = false;
    lines = lines.map((line) => {
      const match = LINE.exec(line);
      if (match?.[2] !== name) return line;
      found = true;
      return `${match[1]}${name}${match[3]}${quote(value)}${match[5]}`;
    });
    if (found) continue;
    const atEnd = lines.at(-1) === "";
    const end = lines[0]?.endsWith("\r") === true ? "\r" : "";
    if (atEnd) lines.splice(-1, 0, `${name}=${quote(value)}${end}`);
    else lines.push(`${name}=${quote(value)}${end}`, "");
  }
  return lines.join("\n");
}

/** The value that a variable ends up with, `undefined` where it is not set or written in a way we do not write. */
export function readAssignment(text: string, name: string): string | undefined {
  const match = text.split("\n").map((line) => LINE.exec(line)).findLast((each) => each?.[2] === name);
  const written = match?.[4]?.trim();
  if (written === undefined) return undefined;
  if (BARE.test(written)) return written;
  const quoted = /^'([^']*)'$/.exec(written) ?? /^"([^"\\$`]*)"$/.exec(written);
  return quoted?.[1];
}

/** The variable that a line sets. */
export function assignedName(line: string): string | undefined {
  return LINE.exec(line)?.[2];
}

function quote(value: string): string {
  if (BARE.test(value)) return value;
  if (/['\r\n\0]/.test(value)) {
    throw new Error("the value has a quote or a line's end in it, which readers differ on");
  }
  return `'${value}'`;
}
