/** What lowers a rule's score whatever the rule: new tables, temporary tables, LIMIT. */

import type { Statement } from "../sql/statement.ts";
import type { RuleContext } from "./options.ts";
import type { RuleInfo } from "./rule.ts";
import { tableKey } from "./names.ts";
import { changesToolTable, countsUpSequence } from "./tool_tables.ts";

/** Factor on locking rules for a table that the same file created: it is empty and nobody uses it yet. */
const NEW_TABLE_FACTOR = 0.2;
/** Factor on destructive rules for a temporary table: only the session that made it loses anything. */
const TEMPORARY_FACTOR = 0.2;
/** Taken off destructive rules on an UPDATE or DELETE whose LIMIT bounds the damage. */
const LIMIT_DISCOUNT = 30;
/**
 * A LIMIT from here on bounds no damage: what PlanetScale lets one statement change. A power of ten, since verdicts are
 * kept by how many digits LIMIT has.
 */
const UNBOUNDED_LIMIT = 100_000;

/** Rules that say no more than that every row is reached; what they score on a tool's own table of a row or a few. */
const EVERY_ROW: ReadonlySet<string> = new Set(["D001", "D002", "D003", "D007"]);
const TOOL_TABLE_SCORE = 30;

/** A hit's score after the modifiers of the catalogue. */
export function adjustScore(
  score: number,
  rule: RuleInfo,
  statement: Statement,
  context: RuleContext,
): number {
  if (rule.group === "destructive") {
    if (EVERY_ROW.has(rule.code) && (changesToolTable(statement) || countsUpSequence(statement))) {
      return Math.min(score, TOOL_TABLE_SCORE);
    }
    if (hasBoundingLimit(statement) && rule.code !== "D025") return Math.max(0, score - LIMIT_DISCOUNT);
    if (writesOnlyTemporary(statement, context)) return Math.round(score * TEMPORARY_FACTOR);
  }
  if (rule.group === "locking" && context.options.discountNewTables && writesOnlyNew(statement, context)) {
    return Math.round(score * NEW_TABLE_FACTOR);
  }
  return score;
}

/** UPDATE or DELETE with a LIMIT that bounds what it reaches. */
function hasBoundingLimit(statement: Statement): boolean {
  if (statement.kind !== "update" && statement.kind !== "delete") return false;
  const count = statement.limit?.count;
  return count?.value !== undefined && count.value < UNBOUNDED_LIMIT;
}

function writesOnlyTemporary(statement: Statement, context: RuleContext): boolean {
  // DROP TEMPORARY TABLE has a score of its own.
  if (statement.kind === "drop-table" && statement.temporary) return false;
  return statement.writes.length > 0 &&
    statement.writes.every((write) => context.schema.table(tableKey(write.table))?.temporary === true);
}

function writesOnlyNew(statement: Statement, context: RuleContext): boolean {
  const { file } = context;
  return file !== undefined && statement.writes.length > 0 &&
    statement.writes.every((write) => file.created(tableKey(write.table)));
}
