import type { Random } from "./random.ts";

const SEPARATORS = [
  " ",
  " ",
  " ",
  "  ",
  "\n",
  "\t",
  "\r\n",
  "\f",
  "/* c */",
  "/**/",
  "/*!99999 skipped /* inner */ */",
  " -- x\n",
  "#y\n",
  "--\t'\n",
  " /*x'\"`*/ ",
];

/** Writes a statement's words with chance between them: blanks, comments, letters' case, an executable comment. */
export function writeStatement(words: readonly string[], random: Random): string {
  const from = random.once(4) ? random.below(words.length) : -1;
  const to = from < 0 ? -1 : from + random.below(words.length - from);
  let text = "";
  words.forEach((word, index) => {
    if (index > 0) {
      const tight = /[(),]$/.test(words[index - 1]!) || /^[(),]/.test(word);
      // A star and a slash that meet would end an executable comment.
      if (words[index - 1]!.endsWith("*")) text += " ";
      text += tight && random.once(2) ? "" : random.once(3) ? random.pick(SEPARATORS) : " ";
    }
    if (index === from) {
      text += random.pick(["/*!80000 ", "/*! ", "/*!50000", "/*!080000 "]).replace(
        /(\d)$/,
        /^\s|^\d/.test(word) ? "$1 " : "$1",
      );
    }
    text += random.once(3) ? changedCase(word, random) : word;
    if (index === to) text += random.pick(["*/", " */", " */ "]);
  });
  return text;
}

/** Keywords in another case; everything with a quote, a backslash or a lower case letter stays. */
function changedCase(word: string, random: Random): string {
  if (!/^[A-Z_]+\(?$/.test(word)) return word;
  return random.once(2) ? word.toLowerCase() : word[0] + word.slice(1).toLowerCase();
}
