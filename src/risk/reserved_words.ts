/** MySQL's reserved words, for names. */

import { findKeyword, isReserved } from "../sql/lexer/keywords.ts";

const encoder = new TextEncoder();

/** Whether a name can only be written in quotes because MySQL 9 reserves it. */
export function isReservedWord(name: string): boolean {
  const bytes = encoder.encode(name);
  return isReserved(findKeyword(bytes, 0, bytes.length));
}
