import type {
  Call,
  ColumnReference,
  Expression,
  Predicate,
  QueryBlock,
  Span,
  StatementOf,
} from "../../../sql/statement.ts";
import { type Hit, hit, NO_HITS, statementRule } from "../../rule.ts";

export const unsupportedWhenScattered = statementRule({
  code: "V025",
  name: "unsupported-when-scattered",
  group: "vitess",
  title: "Statement that vtgate does not run across shards",
  score: 45,
  why:
    "vtgate answers VT12001 where it cannot route the statement to one shard. Which columns route is in the VSchema, which querycop does not know.",
  fix: "Name the sharding key in the WHERE, or split the statement.",
  fires: [
    "REPLACE INTO t (id) VALUES (1)",
    "SELECT a.id FROM a NATURAL JOIN b",
    "SELECT a, COUNT(*) FROM t GROUP BY a WITH ROLLUP",
    "SELECT id, ROW_NUMBER() OVER (ORDER BY n) FROM t",
    "SELECT id FROM t WHERE n > ALL (SELECT n FROM u)",
    "SELECT COUNT(DISTINCT a), COUNT(DISTINCT b) FROM t",
  ],
  quiet: [
    "UPDATE a SET x = 1 WHERE id = 7",
    "UPDATE a JOIN b ON b.id = a.id SET a.x = 1",
    "DELETE FROM a WHERE x = 1 LIMIT 10",
  ],
  given: { sharded: true },
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["select", "insert", "replace", "update", "delete"],
  check(statement, context) {
    const { sharded, vitessVersion } = context.options;
    if (!sharded) return NO_HITS;
    return [
      ...statement.blocks.flatMap(ofBlock),
      ...statement.calls.flatMap((call) => ofWindow(call, statement.bytes, vitessVersion)),
      ...ofAggregates(statement.calls, statement.bytes),
      ...statement.predicates.flatMap(ofPredicate),
      ...(statement.queries.some(({ blocks }) => blocks.length > 1) ? ofNesting(statement) : []),
      ...ofCorrelation(statement.columnReferences),
      ...ofWrites(statement, vitessVersion),
    ];
  },
});

/** Of what depends on the VSchema: vtgate runs it where the tables, or the windows, go by the sharding key. */
const MAYBE = 25;
const decoder = new TextDecoder("latin1");

function ofBlock(block: QueryBlock): Hit[] {
  return [
    ...block.from.flatMap((reference) => {
      if (reference.join.startsWith("natural")) return [hit(reference, "NATURAL JOIN is not supported")];
      return reference.lateral ? [hit(reference, "LATERAL is not supported")] : [];
    }),
    ...(block.rollup && !block.groupBy.some(({ expression }) => isCall(expression, "rollup"))
      ? [hit(block.groupBy.at(-1) ?? block, "WITH ROLLUP is not supported across shards")]
      : []),
    ...block.groupBy.flatMap(({ expression }) =>
      expression.type === "subquery" ? [hit(expression, "A subquery in GROUP BY is not supported")] : []
    ),
  ];
}

function isCall(expression: Expression, key: string): boolean {
  return expression.type === "call" && expression.key === key;
}

/** A UNION that is the right-hand side of another. */
function ofNesting({ bytes, start, end }: Span & { readonly bytes: Uint8Array }): Hit[] {
  const text = decoder.decode(bytes.subarray(start, Math.min(end, start + MOST_BYTES)));
  const match = /\bUNION\s+(?:ALL\s+|DISTINCT\s+)?\(\s*SELECT\b[^()'"`]*\bUNION\b/i.exec(text);
  return match === null ? [] : [hit(
    { start: start + match.index, end: start + match.index + match[0].length },
    "A UNION on the right-hand side of another is not supported",
  )];
}

/** Bytes looked at for it. */
const MOST_BYTES = 16 * 1024;

function ofWindow(call: Call, bytes: Uint8Array, vitessVersion: number): Hit[] {
  if (!call.windowed) return [];
  // A named window may be partitioned too.
  const unpartitioned = /\bOVER\s*\((?!\s*\w+\s*\)|.*\bPARTITION\s+BY\b)/is.test(
    decoder.decode(bytes.subarray(call.start, call.end)),
  );
  return vitessVersion < 240000 || unpartitioned
    ? [hit(call, "Window functions are not supported across shards")]
    : [hit(call, "Across shards this window has to be partitioned by a unique vindex", MAYBE)];
}

/** COUNT and SUM with DISTINCT of different expressions, and aggregates that vtgate cannot add up from the shards' results. */
function ofAggregates(calls: readonly Call[], bytes: Uint8Array): Hit[] {
  const hits: Hit[] = [];
  const distinct = new Map<QueryBlock | undefined, string>();
  for (const call of calls) {
    if (!call.aggregate) continue;
    const { key, args, block } = call;
    if (!ADDED_UP.has(key)) {
      hits.push(hit(call, `vtgate does not add up ${key.toUpperCase()}() across shards`));
    }
    if (!call.distinct || key !== "count" && key !== "sum") continue;
    const of = args.map(({ start, end }) => decoder.decode(bytes.subarray(start, end)).toLowerCase()).join();
    const before = distinct.get(block);
    if (before === undefined) distinct.set(block, of);
    else if (before !== of) {
      hits.push(hit(call, "Across shards DISTINCT aggregates have to be of one expression"));
    }
  }
  return hits;
}

const ADDED_UP: ReadonlySet<string> = new Set([
  "count",
  "sum",
  "min",
  "max",
  "avg",
  "group_concat",
  "any_value",
]);

function ofPredicate(predicate: Predicate): Hit[] {
  if (predicate.type !== "comparison" || predicate.quantifier === undefined) return [];
  const { right } = predicate;
  const reads = right.type !== "subquery" || right.query.blocks.some(({ from }) => from.length > 0);
  return reads ? [hit(predicate, "ANY, SOME and ALL are not supported")] : [];
}

/** A subquery with a column of the query around it, which vtgate runs where both go to the same shard. */
function ofCorrelation(columns: readonly ColumnReference[]): Hit[] {
  const outer = columns.find(({ table, block }) =>
    table !== undefined && block?.parent !== undefined && !names(block, table.key)
  );
  return outer === undefined
    ? []
    : [hit(outer, "Across shards this subquery has to run on the shard of the row around it", MAYBE)];
}

/** Whether a block's own FROM has a table of this name. */
function names({ from }: QueryBlock, key: string): boolean {
  return from.some(({ alias, table }) => (alias ?? table?.name)?.key === key);
}

/** Joined DELETE works since Vitess 19, joined UPDATE and LIMIT of either since 20. */
function ofWrites(
  statement: StatementOf<"select" | "insert" | "replace" | "update" | "delete">,
  vitessVersion: number,
): Hit[] {
  switch (statement.kind) {
    case "replace":
      return [hit(statement.verb, "REPLACE is not supported in a sharded keyspace")];
    case "insert":
      return statement.source === "row-values"
        ? [hit(statement.verb, "VALUES ROW() is not supported in a sharded keyspace")]
        : [];
    case "update":
    case "delete":
      if (statement.tables.length > 1 && vitessVersion < (statement.kind === "delete" ? 190000 : 200000)) {
        return [hit(statement.verb, "Joined changes are not supported across shards")];
      }
      return statement.limit === undefined || vitessVersion >= 200000
        ? []
        : [hit(statement.limit, "LIMIT is not supported for changes across shards")];
    default:
      return [];
  }
}
