import assert from "node:assert/strict";
import { openRecorder } from "../../src/store/journal_recorder.ts";
import { event, filesIn, open, withDirectory } from "./_store.ts";

Deno.test("what cannot be written is counted, and the chain says how much is missing once it can be written again", () =>
  withDirectory((dataDir) => {
    // A file where the directory should be: nobody can write there, not even root.
    Deno.writeTextFileSync(`${dataDir}/journal`, "");
    const recorder = openRecorder({ dataDir });
    assert.equal(recorder.state().healthy, false);
    assert.equal(recorder.record(event("A")), false);
    assert.equal(recorder.record(event("B")), false);
    assert.deepEqual({ ...recorder.state(), problem: undefined }, {
      healthy: false,
      problem: undefined,
      lost: 2,
      pending: 0,
      evicted: 0,
    });
    assert.match(recorder.state().problem ?? "", /journal/);
    Deno.removeSync(`${dataDir}/journal`);
    assert.equal(recorder.record(event("C")), true);
    assert.deepEqual(recorder.state(), { healthy: true, problem: null, lost: 2, pending: 2, evicted: 0 });
    recorder.close();
    const store = open(dataDir);
    store.flush();
    const [c, lost, ...more] = store.audit({ limit: 10 });
    assert.deepEqual([c?.id, lost?.action, lost?.detail?.lost, more.length], ["C", "events_lost", 2, 0]);
    store.close();
  }));

Deno.test("a journal that nobody brings in stops at its bound, and goes on once somebody has", () =>
  withDirectory(async (dataDir) => {
    const recorder = openRecorder({ dataDir, maxJournalBytes: 4000, segmentBytes: 1000 });
    let written = 0;
    while (written < 100 && recorder.record(event(`E${written}`))) written++;
    assert(written > 5 && written < 20, `${written} fit`);
    assert.match(recorder.state().problem ?? "", /the journal is full/);
    const store = open(dataDir);
    store.flush();
    await new Promise((resolve) => setTimeout(resolve, 60)); // It does not look for room more often than that.
    assert.equal(recorder.record(event("LATER")), true);
    recorder.close();
    store.flush();
    const ids = store.audit({ limit: 100 }).map(({ id, action }) => action === "events_lost" ? action : id)
      .reverse();
    assert.deepEqual(ids, [...Array.from({ length: written }, (_, n) => `E${n}`), "events_lost", "LATER"]);
    store.close();
  }));

Deno.test("journals are for their owner alone", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir: `${dataDir}/deep/data` });
    recorder.record(event("A"));
    const directory = `${dataDir}/deep/data/journal`;
    const mode = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;
    assert.equal(mode(directory), 0o700);
    for (const name of filesIn(directory)) assert.equal(mode(`${directory}/${name}`), 0o600);
    recorder.close();
    const store = open(`${dataDir}/deep/data`);
    assert.equal(mode(`${dataDir}/deep/data/querycop.db`), 0o600);
    store.close();
  }));

Deno.test("texts of any length and any characters come back within their bounds", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir });
    const odd = 'a"\\\n\u0000\u2028\ud800é😀';
    assert(recorder.record(event("ODD", { sql: odd, user: odd, detail: { [odd]: odd } })));
    assert(recorder.record(event("LONG", {
      sql: "\u0001".repeat(1_000_000),
      reason: "😀".repeat(10_000),
      findings: Array.from({ length: 1000 }, () => ({ code: "D001", name: "n".repeat(500), score: 1 })),
      detail: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, "v".repeat(5000)])),
    })));
    recorder.close();
    const store = open(dataDir);
    store.flush();
    const [long, short] = store.audit({ limit: 2 });
    assert.deepEqual([short?.sql, short?.user, short?.detail], [odd, odd, { [odd]: odd }]);
    assert.equal(long?.sql?.length, 16_384);
    assert.equal(long?.sql?.at(-1), "…");
    assert.equal(long?.reason?.length, 1024);
    assert.equal(long?.findings?.length, 64);
    assert.equal(Object.keys(long?.detail ?? {}).length, 32);
    assert(JSON.stringify(long).length < 200_000);
    store.close();
  }));

Deno.test("a process that recorded nothing leaves nothing", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir });
    assert.equal(recorder.state().healthy, true);
    assert.equal(filesIn(`${dataDir}/journal`).length, 2);
    recorder.close();
    assert.deepEqual(filesIn(`${dataDir}/journal`), []);
  }));
