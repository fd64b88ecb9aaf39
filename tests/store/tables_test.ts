import type { Digest, DigestRow } from "../../src/contract/digest.ts";
import { LATENCY_BOUNDS_MS } from "../../src/contract/words.ts";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { AuditReader } from "../../src/store/audit_reader.ts";
import { openRecorder } from "../../src/store/journal_recorder.ts";
import { StoreError } from "../../src/store/store_error.ts";
import { event, fill, open, withDirectory } from "./_store.ts";

function digest(name: string, more: Partial<DigestRow> = {}): DigestRow {
  return {
    digest: name as Digest,
    role: "default",
    sql: "SELECT ?",
    kind: "select",
    score: 10,
    rules: ["P001"],
    first_seen: 100,
    last_seen: 200,
    count: 1,
    refused: 0,
    errors: 0,
    rows: 2,
    affected_rows: 0,
    bytes: 30,
    total_ms: 1.5,
    max_ms: 1.5,
    latency: [1],
    ...more,
  };
}

Deno.test("counts of a shape add up, and past the bound the longest unseen leave", () =>
  withDirectory((dataDir) => {
    const store = open(dataDir, { maxDigests: 3 });
    store.addDigests([digest("a"), digest("b", { last_seen: 300 })]);
    store.addDigests([
      digest("a", { score: 40, rules: ["D001"], last_seen: 900, max_ms: 9, latency: [1, 5], first_seen: 50 }),
    ]);
    const [a] = store.digests({ order: "risk", limit: 1 });
    assert.deepEqual(a, {
      ...digest("a", { score: 40, rules: ["D001", "P001"], first_seen: 50, last_seen: 900, max_ms: 9 }),
      count: 2,
      rows: 4,
      bytes: 60,
      total_ms: 3,
      latency: [2, 5, ...LATENCY_BOUNDS_MS.slice(1).map(() => 0)],
    });
    store.addDigests([digest("c", { last_seen: 400 }), digest("d", { last_seen: 500, role: "other" })]);
    assert.deepEqual(store.digests({ order: "count", limit: 9 }).map((row) => row.digest), ["a", "c", "d"]);
    assert.deepEqual(store.digests({ order: "bytes", limit: 9, role: "other" }).map((row) => row.digest), [
      "d",
    ]);
    store.close();
  }));

Deno.test("counts that a process recorded come in once, with its events", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir });
    assert(recorder.addDigests([digest("a"), digest("b")]));
    recorder.record(event("E"));
    const store = open(dataDir);
    store.flush();
    recorder.close();
    store.flush();
    assert.deepEqual(store.digests({ order: "count", limit: 9 }).map(({ count }) => count), [1, 1]);
    assert.equal(store.audit({ limit: 9 }).length, 1);
    store.close();
  }));

Deno.test("a process whose database was removed or replaced leaves journals to those that have the one in its place", () =>
  withDirectory((dataDir) => {
    const old = open(dataDir);
    for (const file of ["querycop.db", "querycop.db-wal", "querycop.db-shm"]) {
      Deno.removeSync(`${dataDir}/${file}`);
    }
    const recorder = openRecorder({ dataDir });
    recorder.record(event("E"));
    assert.throws(() => old.importSome(), /removed or replaced/);
    const fresh = open(dataDir);
    assert.throws(() => old.flush(), /removed or replaced/);
    fresh.flush();
    recorder.close();
    fresh.flush();
    assert.deepEqual(fresh.audit({ limit: 9 }).map(({ id }) => id), ["E"]);
    old.close();
    fresh.close();
  }));

Deno.test("overrides are seen by other processes when they change, and leave when they end", () =>
  withDirectory((dataDir) => {
    let now = 1000;
    const one = open(dataDir, {}, () => now);
    const other = open(dataDir, { imports: false }, () => now);
    assert.deepEqual(one.changedOverrides()?.blocks, []);
    assert.equal(one.changedOverrides(), undefined);
    other.putBlock({ id: "B", digest: "d" as Digest, reason: "r", by: "me", created_at: 1 });
    other.putBreakGlass({ id: "G", role: "app", reason: "r", by: "me", created_at: 1, until: 2000 });
    assert.equal(other.learn("app", ["x", "y", "x"] as Digest[]), 2);
    const seen = one.changedOverrides();
    assert.deepEqual(seen?.blocks.map(({ id }) => id), ["B"]);
    assert.deepEqual(seen?.break_glass.map(({ id }) => id), ["G"]);
    assert.deepEqual(seen?.learned, { app: ["x", "y"] });
    other.addDigests([digest("a")]);
    assert.equal(one.changedOverrides(), undefined, "another table's change is none of theirs");
    now = 2000;
    assert.deepEqual(one.changedOverrides()?.break_glass, []);
    assert.deepEqual(
      [one.removeBlock("B"), one.removeBlock("B"), one.forget("app", ["x", "z"] as Digest[])],
      [
        true,
        false,
        1,
      ],
    );
    assert.deepEqual(one.overrides(), { blocks: [], break_glass: [], approved: [], learned: { app: ["y"] } });
    one.close();
    other.close();
  }));

Deno.test("records are found by all that is asked for, newest first, a page at a time", () =>
  withDirectory((dataDir) => {
    fill(dataDir, [
      event("A", { time: 1, user: "u1", role: "r1", session: "s1", digest: "d1" as Digest, action: "warn" }),
      event("B", { time: 2, user: "u2", type: "login", action: "accepted" }),
      event("C", { time: 3, user: "u1", session: "s2", action: "allow" }),
    ]);
    const store = open(dataDir);
    const ids = (filter: Partial<Parameters<typeof store.audit>[0]>) =>
      store.audit({ limit: 10, ...filter }).map(({ id }) => id).join("");
    assert.equal(ids({}), "CBA");
    assert.equal(ids({ user: "u1" }), "CA");
    assert.equal(ids({ user: "u1", role: "r1" }), "A");
    assert.equal(ids({ types: ["login", "policy"] }), "B");
    assert.equal(ids({ actions: ["warn", "allow"] }), "CA");
    assert.equal(ids({ session: "s2" }), "C");
    assert.equal(ids({ digest: "d1" as Digest }), "A");
    assert.equal(ids({ since: 2, until: 3 }), "B");
    assert.equal(ids({ beforeSeq: 3, limit: 1 }), "B");
    assert.equal(ids({ afterSeq: 1 }), "CB");
    assert.equal(ids({ user: "' OR 1 = 1 --" }), "");
    store.close();
  }));

Deno.test("what is too old or too much leaves from the oldest on, and the chain stays whole from there", () =>
  withDirectory((dataDir) => {
    fill(dataDir, Array.from({ length: 50 }, (_, n) => event(`E${n}`, { time: n })));
    const check = () => {
      const reader = new AuditReader(dataDir);
      const { after, broken, records } = reader.verify(() => {});
      reader.close();
      assert.equal(broken, undefined);
      return [after.seq, records];
    };
    const aged = open(dataDir, { keepMs: 1000 }, () => 1010);
    while (aged.tidy());
    aged.close();
    assert.deepEqual(check(), [10, 40]);
    const small = open(dataDir, { maxAuditBytes: 10_000 });
    while (small.tidy());
    const [first, count] = check();
    assert(first !== undefined && first > 15 && first < 40, `${first} were removed, ${count} are left`);
    small.close();
    fill(dataDir, [event("LATER")]);
    assert.deepEqual(check(), [first, (count ?? 0) + 1]);
    const none = open(dataDir, { maxAuditBytes: 0 });
    while (none.tidy());
    none.close();
    fill(dataDir, [event("LAST")]);
    assert.deepEqual(check(), [52, 2], "the record of the eviction, and the last");
  }));

Deno.test("events that wait in journals are seen once, however far they have been brought in", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir });
    const store = open(dataDir);
    recorder.record(event("A"));
    store.flush();
    recorder.record(event("B"));
    recorder.record(event("C", { user: "else" }));
    const reader = new AuditReader(dataDir);
    const { waiting, records } = reader.query({ limit: 10 });
    assert.deepEqual([waiting.map(({ id }) => id).sort(), records.map(({ id }) => id)], [["B", "C"], ["A"]]);
    assert.deepEqual(reader.query({ limit: 10, user: "else" }).waiting.map(({ id }) => id), ["C"]);
    assert.equal(reader.waiting(), 2);
    store.flush();
    assert.equal(reader.waiting(), 0);
    assert.equal(reader.query({ limit: 10 }).records.length, 3);
    reader.close();
    recorder.close();
    store.close();
  }));

Deno.test("a database of a newer querycop, and one that is none, are refused with what to do", () =>
  withDirectory((dataDir) => {
    open(dataDir).close();
    const database = new DatabaseSync(`${dataDir}/querycop.db`);
    database.exec("PRAGMA user_version = 999");
    database.close();
    const refused = (reason: string, message: RegExp) => (error: unknown) => {
      assert(error instanceof StoreError);
      assert.equal(error.reason, reason);
      assert.match(error.message, message);
      assert(error.hint !== undefined);
      return true;
    };
    assert.throws(() => open(dataDir), refused("newer", /newer querycop/));
    assert.throws(() => new AuditReader(dataDir), refused("newer", /newer querycop/));
    Deno.writeTextFileSync(`${dataDir}/querycop.db`, "this is no database, ".repeat(1000));
    assert.throws(() => open(dataDir), refused("corrupt", /not a database/));
    assert.throws(() => new AuditReader(`${dataDir}/nowhere`), refused("missing", /nowhere/));
  }));
