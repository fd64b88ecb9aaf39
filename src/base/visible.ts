/** Untrusted text on its way to a person: nothing of it acts on a terminal, hides, or turns the text round. */

// Controls, bidirectional and zero-width characters, unassigned ones, line separators.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** The same, but for tabs, line ends and the colors that our own styles write. */
// deno-lint-ignore no-control-regex -- an escape sequence begins with one
const UNSTYLED = /\u001b\[[0-9;]*m|[^\P{C}\t\n]|[\p{Zl}\p{Zp}]/gu;

/**
 * Text on one line: tabs and line ends become one space, every other control and invisible character a visible `\xNN` or
 * `\u{NNNN}`.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => isBlank(character) ? " " : named(character));
}

/** The same of a text whose lines stay lines. */
export function visibleLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).map((line) => visible(line));
}

/**
 * What is left of a finished line for a terminal or a log, styles aside: the last guard, no matter who wrote it. Characters
 * become `\uNNNN`, so that a line of JSON stays the same JSON.
 */
export function guarded(line: string): string {
  return line.replace(UNSTYLED, (found) => {
    if (found.length > 1 && found.startsWith("\u001b")) return found;
    let text = "";
    for (let index = 0; index < found.length; index++) {
      text += `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }
    return text;
  });
}

function isBlank(character: string): boolean {
  return character === "\t" || character === "\n" || character === "\r";
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u{${code.toString(16).padStart(4, "0")}}`;
}
