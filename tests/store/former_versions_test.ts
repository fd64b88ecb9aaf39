import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { databasePath } from "../../src/store/database.ts";
import { canonicalJson, chainHash, NO_HASH } from "../../src/store/chain.ts";
import { exportLine, verifyExport } from "../../src/store/audit_export.ts";
import { AuditReader } from "../../src/store/audit_reader.ts";
import { journalDirectory, segmentPath } from "../../src/store/journal_files.ts";
import { MIGRATIONS } from "../../src/store/schema.ts";
import { event, open, withDirectory } from "./_store.ts";

const DIGEST = "d".repeat(64);

Deno.test("a data directory of an earlier version opens: its overrides, its counts and its chain are read", async () => {
  await withDirectory((directory) => {
    const former = new DatabaseSync(databasePath(directory));
    former.exec(MIGRATIONS[0] ?? "");
    former.exec("PRAGMA user_version = 1");
    const recorded = canonicalJson(event("01A"));
    const hash = chainHash(NO_HASH, recorded);
    former.prepare("INSERT INTO audit (seq, hash, event) VALUES (1, ?, ?)").run(hash, recorded);
    former.prepare("UPDATE chain SET seq = 1, hash = ?, bytes = 1").run(hash);
    const block = { id: "B", digest: DIGEST, reason: "r", by: "ann", createdAt: 5 };
    former.prepare("INSERT INTO overrides VALUES ('block', 'B', 5, NULL, ?)").run(JSON.stringify(block));
    former.close();
    const counts = {
      ...{ digest: DIGEST, role: "app", sql: "SELECT ?", kind: "select", score: 0, rules: [] },
      ...{ firstSeen: 1, lastSeen: 2, count: 3, refused: 0, errors: 0, rows: 4, affectedRows: 5, bytes: 6 },
      ...{ totalMs: 7.5, maxMs: 7.5, latency: [3] },
    };
    Deno.mkdirSync(journalDirectory(directory), { recursive: true });
    Deno.writeTextFileSync(
      segmentPath(journalDirectory(directory), "former", 1),
      JSON.stringify({ digest: counts }) + "\n" + JSON.stringify({ closed: true }) + "\n",
    );
    const store = open(directory);
    store.flush();
    assert.deepEqual(store.overrides().blocks, [{
      ...{ id: "B", digest: DIGEST, reason: "r", by: "ann" },
      created_at: 5,
    }]);
    const [row] = store.digests({ order: "count", limit: 1 });
    assert.deepEqual([row?.first_seen, row?.affected_rows, row?.total_ms], [1, 5, 7.5]);
    store.close();
    const reader = new AuditReader(directory);
    assert.equal(reader.verify(() => {}).broken, undefined);
    reader.close();
  });
});

Deno.test("an export of an earlier version is still checked to its end", async () => {
  const recorded = canonicalJson(event("01A"));
  const hash = chainHash(NO_HASH, recorded);
  const header = (last: object) =>
    JSON.stringify({ schema: "querycop.audit/1", after: { seq: 0, hash: NO_HASH }, upTo: last });
  const line = exportLine({ seq: 1, previous: NO_HASH, hash, event: recorded });
  const whole = await verifyExport(linesOf([header({ seq: 1, hash }), line]));
  assert.deepEqual([whole.broken, whole.hasHeader], [undefined, true]);
  const cut = await verifyExport(linesOf([header({ seq: 2, hash }), line]));
  assert.equal(cut.broken?.problem, "truncated");
});

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}
