/** What a statement has at all, as bits: most rules look for something that most statements lack. */

import type { QueryBlock, Statement } from "../sql/statement.ts";

/** One bit for each thing a rule may need. Those that are lists of {@link Statement} are named as these are. */
export const TRAITS = {
  calls: 1 << 0,
  predicates: 1 << 1,
  logicals: 1 << 2,
  variables: 1 << 3,
  comments: 1 << 4,
  oddities: 1 << 5,
  hints: 1 << 6,
  problems: 1 << 7,
  variableAssignments: 1 << 8,
  writes: 1 << 9,
  /** A query of several blocks: UNION, EXCEPT, INTERSECT. */
  unions: 1 << 10,
  /** ORDER BY or GROUP BY anywhere. */
  sortings: 1 << 11,
  /** GROUP BY, or an aggregate function in a select list. */
  aggregates: 1 << 12,
  /** LIMIT of a query. */
  limits: 1 << 13,
  /** FOR UPDATE, FOR SHARE and LOCK IN SHARE MODE. */
  locking: 1 << 14,
  /** `*` or `t.*` in a select list. */
  stars: 1 << 15,
  /** WITH, before the statement's verb or in a query. */
  ctes: 1 << 16,
  /** A table whose columns a join may fill with NULL. */
  outerJoins: 1 << 17,
  /** A comma between tables of FROM. */
  commas: 1 << 18,
  having: 1 << 19,
} as const;

/** A name of something a rule may need. */
export type Trait = keyof typeof TRAITS;

/** The bits of what a statement has, its subqueries included; not what is nested in it as a text. */
export function traitsOf(statement: Statement): number {
  let traits = listTraits(statement);
  for (const block of statement.blocks) traits |= blockTraits(block);
  for (const query of statement.queries) {
    if (query.blocks.length > 1 || query.operators.length > 0) traits |= TRAITS.unions;
    if (query.orderBy.length > 0) traits |= TRAITS.sortings;
    if (query.limit !== undefined) traits |= TRAITS.limits;
    if (query.ctes.length > 0) traits |= TRAITS.ctes;
  }
  if ((statement.kind === "update" || statement.kind === "delete") && statement.orderBy.length > 0) {
    traits |= TRAITS.sortings;
  }
  return traits;
}

function listTraits(statement: Statement): number {
  let traits = 0;
  if (statement.calls.length > 0) traits |= TRAITS.calls;
  if (statement.predicates.length > 0) traits |= TRAITS.predicates;
  if (statement.logicals.length > 0) traits |= TRAITS.logicals;
  if (statement.variables.length > 0) traits |= TRAITS.variables;
  if (statement.comments.length > 0) traits |= TRAITS.comments;
  if (statement.oddities.length > 0) traits |= TRAITS.oddities;
  if (statement.hints.length > 0) traits |= TRAITS.hints;
  if (statement.problems.length > 0) traits |= TRAITS.problems;
  if (statement.variableAssignments.length > 0) traits |= TRAITS.variableAssignments;
  if (statement.writes.length > 0) traits |= TRAITS.writes;
  if (statement.ctes.length > 0) traits |= TRAITS.ctes;
  return traits;
}

function blockTraits(block: QueryBlock): number {
  let traits = 0;
  if (block.groupBy.length > 0) traits |= TRAITS.sortings | TRAITS.aggregates;
  if (block.orderBy.length > 0) traits |= TRAITS.sortings;
  if (block.limit !== undefined) traits |= TRAITS.limits;
  if (block.locking.length > 0) traits |= TRAITS.locking;
  if (block.having !== undefined) traits |= TRAITS.having;
  for (const item of block.items) {
    if (item.hasAggregate) traits |= TRAITS.aggregates;
    if (item.expression.type === "star") traits |= TRAITS.stars;
  }
  for (const reference of block.from) {
    if (reference.nullable) traits |= TRAITS.outerJoins;
    if (reference.join === "comma") traits |= TRAITS.commas;
  }
  return traits;
}
