import type { Digest, DigestRow } from "../contract/digest.ts";
import { type DigestOrder, LATENCY_BOUNDS_MS } from "../contract/words.ts";
import type { DatabaseSync } from "node:sqlite";

const LONGEST_SQL = 4096;

/** Adds counts to what is stored; past `most` shapes the longest unseen leave. The caller's transaction. */
export function addDigests(database: DatabaseSync, rows: readonly DigestRow[], most: number): void {
  const stored = database.prepare("SELECT rules, latency FROM digests WHERE role = ? AND digest = ?");
  const upsert = database.prepare(
    `INSERT INTO digests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (role, digest) DO UPDATE SET
       sql = excluded.sql, kind = excluded.kind, score = max(score, excluded.score), rules = excluded.rules,
       count = count + excluded.count, refused = refused + excluded.refused, errors = errors + excluded.errors,
       rows = rows + excluded.rows, affected_rows = affected_rows + excluded.affected_rows,
       bytes = bytes + excluded.bytes, total_ms = total_ms + excluded.total_ms,
       max_ms = max(max_ms, excluded.max_ms), latency = excluded.latency,
       first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)`,
  );
  for (const row of rows) {
    const before = stored.get(row.role, row.digest);
    const rules = new Set([
      ...before === undefined ? [] : JSON.parse(String(before.rules)) as string[],
      ...row.rules,
    ]);
    const latency = before === undefined ? [] : JSON.parse(String(before.latency)) as number[];
    upsert.run(
      row.role,
      row.digest,
      row.sql.slice(0, LONGEST_SQL),
      row.kind,
      row.score,
      JSON.stringify([...rules].sort()),
      row.count,
      row.refused,
      row.errors,
      row.rows,
      row.affected_rows,
      row.bytes,
      row.total_ms,
      row.max_ms,
      JSON.stringify(
        Array.from(
          { length: LATENCY_BOUNDS_MS.length + 1 },
          (_, bucket) => (latency[bucket] ?? 0) + (row.latency[bucket] ?? 0),
        ),
      ),
      row.first_seen,
      row.last_seen,
    );
  }
  database.prepare(
    `DELETE FROM digests WHERE (role, digest) IN (
       SELECT role, digest FROM digests ORDER BY last_seen LIMIT max(0, (SELECT count(*) FROM digests) - ?))`,
  ).run(most);
}

const ORDERS = {
  risk: "score DESC, count",
  time: "total_ms",
  count: "count",
  bytes: "bytes",
} as const satisfies Record<DigestOrder, string>;

/** The first shapes of an order, highest first. */
export function findDigests(
  database: DatabaseSync,
  query: { readonly order: DigestOrder; readonly limit: number; readonly role?: string },
): DigestRow[] {
  const { role } = query;
  return database.prepare(
    `SELECT * FROM digests ${role === undefined ? "" : "WHERE role = ?"}
     ORDER BY ${ORDERS[query.order]} DESC, digest LIMIT ?`,
  ).all(...(role === undefined ? [] : [role]), query.limit).map((row) => ({
    digest: String(row.digest) as Digest,
    role: String(row.role),
    sql: String(row.sql),
    kind: String(row.kind),
    score: Number(row.score),
    rules: JSON.parse(String(row.rules)) as string[],
    first_seen: Number(row.first_seen),
    last_seen: Number(row.last_seen),
    count: Number(row.count),
    refused: Number(row.refused),
    errors: Number(row.errors),
    rows: Number(row.rows),
    affected_rows: Number(row.affected_rows),
    bytes: Number(row.bytes),
    total_ms: Number(row.total_ms),
    max_ms: Number(row.max_ms),
    latency: JSON.parse(String(row.latency)) as number[],
  }));
}
