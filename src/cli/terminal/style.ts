import type { Marks, Style } from "../../commands/context.ts";

const UNICODE_MARKS: Marks = {
  pass: "✓",
  fail: "✗",
  warn: "!",
  skip: "-",
  info: "i",
  bullet: "•",
  arrow: "→",
  ellipsis: "…",
  horizontal: "─",
  vertical: "│",
};

const ASCII_MARKS: Marks = {
  pass: "+",
  fail: "x",
  warn: "!",
  skip: "-",
  info: "i",
  bullet: "*",
  arrow: "->",
  ellipsis: "...",
  horizontal: "-",
  vertical: "|",
};

/** A style for one stream. */
export function createStyle(color: boolean, unicode: boolean): Style {
  const sgr = (open: number, close: number) => (text: string) =>
    color && text !== "" ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    enabled: color,
    marks: unicode ? UNICODE_MARKS : ASCII_MARKS,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    underline: sgr(4, 24),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    blue: sgr(34, 39),
    magenta: sgr(35, 39),
    cyan: sgr(36, 39),
  };
}
