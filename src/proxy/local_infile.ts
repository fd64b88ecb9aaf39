/**
 * Whether the text may be a LOAD DATA LOCAL INFILE: it holds the words LOCAL and INFILE somewhere, in any case. No
 * comment can split a word, so a statement that asks for a file always does; one that merely speaks of it costs a
 * client nothing but the pipelining of the next command.
 */
export function mayAskForFile(text: Uint8Array): boolean {
  return indexOfWord(text, INFILE) >= 0 && indexOfWord(text, LOCAL) >= 0;
}

const INFILE = [0x69, 0x6e, 0x66, 0x69, 0x6c, 0x65];
const LOCAL = [0x6c, 0x6f, 0x63, 0x61, 0x6c];

function indexOfWord(text: Uint8Array, word: readonly number[]): number {
  const first = word[0] as number;
  const second = word[1] as number;
  const last = text.length - word.length;
  for (let at = 0; at <= last; at++) {
    if (((text[at] as number) | 0x20) !== first || ((text[at + 1] as number) | 0x20) !== second) continue;
    let index = 2;
    while (index < word.length && ((text[at + index] as number) | 0x20) === word[index]) index++;
    if (index === word.length) return at;
  }
  return -1;
}
