import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanStatement } from "./_statements.ts";

/** A piece of FROM, and the stored tables that it reads. */
interface Piece {
  readonly sql: string;
  readonly tables: number;
}

const { query, from } = fc.letrec<{ query: Piece; from: Piece; factor: Piece }>((tie) => ({
  /** A query expression: a block, in parentheses or not, or several with set operators. */
  query: fc.oneof(
    { maxDepth: 4 },
    fc.constant({ sql: "SELECT 1", tables: 0 }),
    tie("from").map(({ sql, tables }) => ({ sql: `SELECT 1 FROM ${sql}`, tables })),
    tie("query").map(({ sql, tables }) => ({ sql: `(${sql})`, tables })),
    tie("query").map(({ sql, tables }) => ({ sql: `(${sql}) LIMIT 1`, tables })),
    fc.tuple(tie("query"), tie("query")).map(([a, b]) => ({
      sql: `(${a.sql}) UNION ALL (${b.sql})`,
      tables: a.tables + b.tables,
    })),
  ),
  factor: fc.oneof(
    { maxDepth: 4 },
    fc.constant({ sql: "t", tables: 1 }),
    tie("query").map(({ sql, tables }) => ({ sql: `(${sql}) AS d`, tables })),
    tie("from").map(({ sql, tables }) => ({ sql: `(${sql})`, tables })),
  ),
  from: fc.oneof(
    { maxDepth: 4 },
    tie("factor"),
    fc.tuple(tie("factor"), tie("factor")).map(([a, b]) => ({
      sql: `${a.sql} JOIN ${b.sql} ON 1 = 1`,
      tables: a.tables + b.tables,
    })),
  ),
}));

Deno.test("parentheses around queries and around joins are told apart, at any depth and in any place", () => {
  fc.assert(
    fc.property(from, query, (tables, inner) => {
      const update = cleanStatement(
        "select",
        `SELECT 1 FROM ${tables.sql} WHERE a IN (${inner.sql}) AND b = 1`,
      );
      assert.equal(update.reads.length, tables.tables + inner.tables);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("clauses that MySQL 9 takes leave nothing unread", () => {
  for (
    const [kind, sql] of [
      ["select", "SELECT a, SUM(b) FROM t GROUP BY GROUPING SETS ((a, c), (a), ())"],
      ["select", "SELECT a FROM t WHERE id IN ((SELECT 1), 2) AND id IN ((SELECT 1))"],
      [
        "create-view",
        "CREATE JSON RELATIONAL DUALITY VIEW v AS SELECT JSON_DUALITY_OBJECT(WITH (INSERT, UPDATE, DELETE) '_id': id) FROM t",
      ],
      ["alter-table", "ALTER TABLE t SECONDARY_LOAD PARTITION (p0, p1)"],
      ["grant", "GRANT SELECT ON shop.* TO u@"],
    ] as const
  ) cleanStatement(kind, sql);
});

Deno.test("a chain of a thousand operators is no nesting, and all of it is read", () => {
  for (const chain of ["1 + ".repeat(1000), "1 | ".repeat(1000), "+".repeat(1000), "!".repeat(100)]) {
    assert.equal(cleanStatement("select", `SELECT ${chain}LOAD_FILE('x')`).calls.length, 1);
  }
});
