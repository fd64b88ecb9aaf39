import type { Span, Statement } from "../../../sql/statement.ts";
import { Oddity } from "../../../sql/lexer/tokens.ts";
import { anyStatementRule, type Hit, hit, NO_HITS } from "../../rule.ts";

const HIDDEN: Readonly<Record<number, readonly [message: string, score: number, bytes: number]>> = {
  [Oddity.nulByte]: ["A NUL byte stands outside of a string", 60, 1],
  [Oddity.bidiCharacter]: ["A character here shows the text in another order than it is read", 60, 3],
  [Oddity.zeroWidthCharacter]: ["A character here has no width", 40, 3],
  [Oddity.spaceLookalike]: ["A character here looks like a space and is part of a name", 40, 2],
};

/** Quotes that are letters to MySQL, so that they end up in a name. */
const CURLY = /[\u2018\u2019\u201c\u201d\uff02\uff07]/;

/** Hidden or look-alike characters. Inside strings zero-width characters are data: emoji are joined by them. */
export const hiddenCharacters = anyStatementRule({
  code: "S022",
  name: "hidden-characters",
  group: "security",
  title: "Hidden or look-alike characters",
  score: 60,
  why:
    "What a reviewer sees is not what the server reads; copied from a document, the statement fails in odd ways.",
  fix: "Type the text anew in a plain editor.",
  fires: [
    "SELECT id FROM t WHERE a = 1 /* \u202e } */",
    "SELECT id FROM t WHERE a\u200b = 1",
    "SELECT id FROM t WHERE name = \u2018ann\u2019",
  ],
  quiet: [
    "SELECT id FROM t WHERE name = '日本'",
    "SELECT id FROM t WHERE name = '\u2018ann\u2019'",
    "SELECT id FROM größe WHERE a = 1",
  ],
  references: ["https://trojansource.codes/"],
  reads: "shape",
  check(statement) {
    const odd = statement.oddities.length === 0 ? NO_HITS : oddHits(statement);
    let quotes: Hit[] | undefined;
    for (const { name } of statement.columnReferences) {
      if (name.quoted || !isNonAscii(statement.bytes, name) || !CURLY.test(name.text)) continue;
      quotes ??= [];
      if (quotes.push(hit(name, "These quotes are letters to MySQL")) === 5) break;
    }
    return quotes === undefined ? odd : [...odd, ...quotes];
  },
});

function oddHits({ oddities, bytes }: Statement): readonly Hit[] {
  return oddities.flatMap(({ kind, offset }) => {
    const found = HIDDEN[kind];
    if (found === undefined) return [];
    const [message, score, length] = found;
    return [hit({ start: offset, end: Math.min(offset + length, bytes.length) }, message, score)];
  }).slice(0, 5);
}

/** Whether a name has bytes beyond ASCII. */
function isNonAscii(bytes: Uint8Array, { start, end }: Span): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x7f) return true;
  return false;
}
