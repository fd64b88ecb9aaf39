import type {
  ColumnReference,
  Expression,
  QueryBlock,
  Statement,
  TableReference,
} from "../../../sql/statement.ts";
import { conjunctsOf, isEqualityToConstant } from "../../expressions.ts";
import { contains } from "../../spans.ts";
import { displayName } from "../../names.ts";
import { aliasOf, queryGivesOneRow } from "../../queries.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** What CROSS JOIN scores: whoever writes it means it. */
const MEANT_SCORE = 25;
/** What a table scores that is multiplied by one row: no product, but most likely a forgotten condition. */
const ONE_ROW_SCORE = 30;
/** Joins beyond this are not followed. */
const MAX_TABLES = 61;
const MAX_COLUMNS = 4000;

/** Join without a condition. Tables are joined when a condition names columns of both, whatever the condition. */
export const cartesianJoin = anyStatementRule({
  code: "P008",
  name: "cartesian-join",
  group: "performance",
  title: "Join without a condition",
  score: 60,
  why: "Every row of one table is paired with every row of the other: the result is the product of both.",
  fix: "Join on the columns that belong together; write CROSS JOIN where the product is meant.",
  fires: [
    "SELECT a.x FROM a, b WHERE a.x = 1",
    "SELECT a.x FROM a JOIN b WHERE a.x > 2",
    "SELECT a.x FROM a JOIN b ON a.id = b.id, c WHERE c.y > 3",
  ],
  quiet: [
    "SELECT a.x FROM a, b WHERE a.id = b.a_id",
    "SELECT a.x FROM a JOIN b USING (id)",
    "SELECT a.x FROM a, (SELECT MAX(id) AS m FROM b) q WHERE a.id = 1",
    "SELECT x FROM a, b WHERE a_id = b_id",
    "SELECT a.x FROM a NATURAL JOIN b",
    "SELECT a.x FROM a, JSON_TABLE(a.doc, '$[*]' COLUMNS (v INT PATH '$')) j WHERE a.x = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/join.html"],
  reads: "shape",
  check(statement) {
    if (statement.blocks.every(isOneOrJoinedPlainly)) return NO_HITS;
    return statement.blocks.flatMap((block) => {
      const lonely = lonelyTable(statement, block);
      if (lonely === undefined) return [];
      const { table } = lonely.reference;
      const name = table === undefined ? "a derived table" : displayName(table);
      const score = lonely.reference.join === "cross"
        ? MEANT_SCORE
        : lonely.byOneRow
        ? ONE_ROW_SCORE
        : undefined;
      return [hit(lonely.reference, `Nothing joins ${name} to the other tables`, score)];
    });
  },
});

/** A table without a tie, and whether all it is multiplied by is a row that a key names. */
interface Lonely {
  readonly reference: TableReference;
  readonly byOneRow: boolean;
}

/** The first table of a block that no condition ties to those before it. */
function lonelyTable(statement: Statement, block: QueryBlock): Lonely | undefined {
  const { from } = block;
  if (isOneOrJoinedPlainly(block)) return undefined;
  if (from.length > MAX_TABLES || statement.columnReferences.length > MAX_COLUMNS) {
    return undefined;
  }
  const groups = new Groups(from.length);
  const conditions = conjunctsOf(block.where);
  for (const [index, reference] of from.entries()) {
    if (isTied(reference)) groups.join(index, index === 0 ? 1 : index - 1);
    // ON ties the table to what its condition names; a condition that names nothing is judged by other rules.
    for (const condition of conjunctsOf(reference.on)) {
      if (!tie(statement, condition, from, groups)) return undefined;
    }
  }
  for (const condition of conditions) {
    if (!tie(statement, condition, from, groups)) return undefined;
  }
  const start = from.findIndex((reference) => !isSmall(reference, conditions));
  if (start < 0) return undefined;
  const apart = (index: number) => index !== start && !groups.same(start, index);
  const reference = from.find((one, index) => apart(index) && !isSmall(one, conditions));
  if (reference !== undefined) return { reference, byOneRow: false };
  const [first] = from;
  const small = from.find((one, index) => apart(index) && one.query === undefined);
  return small === undefined
    ? undefined
    : { reference: small === first ? from[start] ?? small : small, byOneRow: true };
}

function isOneOrJoinedPlainly({ from }: QueryBlock): boolean {
  return from.length < 2 || from.every(isJoinedPlainly);
}

/** Joined by an equality of two tables' columns, as nearly all joins are; or the first table. */
function isJoinedPlainly({ join, on, using }: TableReference): boolean {
  if (join === "first" || using !== undefined) return true;
  const first = on?.type === "comparison" ? on : conjunctsOf(on)[0];
  return first?.type === "comparison" && first.left.type === "column" && first.right.type === "column" &&
    first.left.table !== undefined && first.right.table !== undefined &&
    first.left.table.key !== first.right.table.key;
}

/** Joins the tables that a condition names; false where names cannot be told, so that nothing can be said. */
function tie(
  statement: Statement,
  condition: Expression,
  from: readonly TableReference[],
  groups: Groups,
): boolean {
  const columns = statement.columnReferences.filter((column) => contains(condition, column));
  const indexes = new Set<number>();
  let unknown = 0;
  for (const column of columns) {
    const index = tableIndex(column, from);
    if (index === undefined) unknown++;
    else if (index >= 0) indexes.add(index);
  }
  if (unknown > 0 && unknown + indexes.size > 1) return false;
  const [first, ...others] = indexes;
  if (first !== undefined) { for (const other of others) groups.join(first, other); }
  return true;
}

/** The table a column belongs to: -1 for another block's, undefined where it has no qualifier. */
function tableIndex(column: ColumnReference, from: readonly TableReference[]): number | undefined {
  const qualifier = column.table?.key;
  return qualifier === undefined
    ? undefined
    : from.findIndex((reference) => aliasOf(reference) === qualifier);
}

/** Tied by what the join itself says. */
function isTied(reference: TableReference): boolean {
  return reference.using !== undefined || reference.join.startsWith("natural") || reference.lateral ||
    reference.kind === "json-table" || reference.kind === "table-function";
}

/** One row, or the few that a key names. */
function isSmall(reference: TableReference, conditions: readonly Expression[]): boolean {
  if (reference.query !== undefined) return queryGivesOneRow(reference.query);
  const alias = aliasOf(reference);
  return [...conditions, ...conjunctsOf(reference.on)].some((condition) =>
    isEqualityToConstant(condition) && condition.type === "comparison" &&
    [condition.left, condition.right].some((side) =>
      side.type === "column" && side.table?.key === alias &&
      /(^|_)(id|uuid|key|code|name|slug)$/.test(side.name.key)
    )
  );
}

/** Which tables hang together. */
class Groups {
  readonly #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, index) => index);
  }

  join(a: number, b: number): void {
    this.#parent[this.#root(a)] = this.#root(b);
  }

  same(a: number, b: number): boolean {
    return this.#root(a) === this.#root(b);
  }

  #root(index: number): number {
    let at = index;
    for (let next = this.#parent[at]; next !== undefined && next !== at; next = this.#parent[at]) at = next;
    return at;
  }
}
