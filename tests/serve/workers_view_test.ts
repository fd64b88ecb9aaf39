import assert from "node:assert/strict";
import { mergeSnapshots } from "../../src/admin/merge_snapshots.ts";
import type { ProcessSnapshot } from "../../src/admin/process_view.ts";
import { type AskedWorker, WorkersView } from "../../src/serve/workers_view.ts";

function worker(snapshot: () => ProcessSnapshot | undefined): AskedWorker {
  return {
    ask: (name) => Promise.resolve(name === "snapshot" ? snapshot() : undefined) as Promise<undefined>,
  };
}

function counted(accepted: number): ProcessSnapshot {
  const nothing = mergeSnapshots([]);
  return { ...nothing, proxy: { ...nothing.proxy, accepted, ended: { client_quit: accepted } } };
}

Deno.test("counters do not go backwards when a worker is slow, ends, or is started again", async () => {
  let first: ProcessSnapshot | undefined = counted(5);
  const workers = new Map([[1, worker(() => first)], [2, worker(() => counted(7))]]);
  const view = new WorkersView(workers, { drain: () => {}, audit: () => mergeSnapshots([]).audit });
  const accepted = async () => (await view.snapshot()).proxy.accepted;
  assert.equal(await accepted(), 12);
  first = undefined;
  assert.equal(await accepted(), 12);
  workers.delete(1);
  assert.equal(await accepted(), 12);
  workers.set(1, worker(() => counted(1)));
  assert.equal(await accepted(), 13);
  assert.deepEqual((await view.snapshot()).proxy.ended, { client_quit: 13 });
});
