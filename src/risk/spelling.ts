/** The word that was meant where a statement cannot be read. */

import { editDistance } from "../base/suggest.ts";
import { tokenize } from "../sql/lexer/lexer.ts";
import { T } from "../sql/lexer/tokens.ts";
import type { Span, Statement } from "../sql/statement.ts";
import { textOf } from "./bytes.ts";

/** Words that statements begin with. */
const VERBS =
  "SELECT INSERT UPDATE DELETE REPLACE CREATE ALTER DROP TRUNCATE RENAME GRANT REVOKE CALL SET USE SHOW WITH BEGIN START COMMIT ROLLBACK LOCK UNLOCK ANALYZE OPTIMIZE CHECK REPAIR EXPLAIN DESCRIBE LOAD PREPARE EXECUTE DEALLOCATE FLUSH KILL VALUES TABLE SAVEPOINT RELEASE HANDLER"
    .split(" ");
/** Words that clauses begin with, and others that are written often. */
const CLAUSES =
  "FROM WHERE JOIN INNER LEFT RIGHT OUTER CROSS GROUP ORDER HAVING LIMIT OFFSET UNION VALUES INTO SET TABLE INDEX COLUMN PRIMARY UNIQUE FOREIGN REFERENCES CONSTRAINT DEFAULT EXISTS DATABASE SCHEMA VIEW TRIGGER PROCEDURE FUNCTION EVENT USER ADD DROP MODIFY CHANGE RENAME AFTER BEFORE FIRST ENGINE CHARSET CHARACTER COLLATE COMMENT AUTO_INCREMENT UNSIGNED INTEGER VARCHAR DECIMAL TIMESTAMP DATETIME BOOLEAN DOUBLE BIGINT TINYINT SMALLINT TEXT SELECT DELETE INSERT UPDATE CREATE ALTER BEGIN DECLARE RETURN RETURNS DUPLICATE CASCADE RESTRICT BETWEEN DISTINCT"
    .split(" ");
/** Bytes of a statement that are looked at around the place. */
const REACH = 200;

/** A misspelled word and the word that it is nearest to. */
export interface Misspelling extends Span {
  readonly meant: string;
}

/**
 * The word at, or one of the two before, the place from which a statement cannot be read, where it is one letter or a
 * swap away from a word that could stand there.
 */
export function misspellingAt(statement: Statement, place: number): Misspelling | undefined {
  const { bytes } = statement;
  const from = Math.max(statement.start, place - REACH);
  const tokens = tokenize(bytes.subarray(from, Math.min(statement.end, place + REACH)));
  const near: Span[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const [start, end] = [from + tokens.start[index]!, from + tokens.end[index]!];
    if (start > place) break;
    // A word that is cut off by the reach is none.
    if (index === 0 && from > statement.start) continue;
    const isWord = tokens.kind[index] === T.identifier ||
      (tokens.kind[index] === T.keyword && start === place);
    if (isWord) near.push({ start, end });
  }
  for (const span of near.slice(-3).toReversed()) {
    const word = textOf(bytes, span).toUpperCase();
    const meant = nearestWord(word, span.start === statement.start ? VERBS : CLAUSES);
    if (meant !== undefined) return { ...span, meant };
  }
  return undefined;
}

function nearestWord(word: string, words: readonly string[]): string | undefined {
  if (word.length < 3 || words.includes(word)) return undefined;
  const reach = word.length < 6 ? 1 : 2;
  let [best, bestDistance] = [undefined as string | undefined, reach + 1];
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) > reach) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}
