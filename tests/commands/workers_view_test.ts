import assert from "node:assert/strict";
import { mergeSnapshots, type ProcessSnapshot } from "../../src/admin/process_view.ts";
import { type AskedWorker, WorkersView } from "../../src/commands/workers_view.ts";

function worker(snapshot: () => ProcessSnapshot | undefined): AskedWorker {
  return { snapshot: () => Promise.resolve(snapshot()), endSession: () => Promise.resolve(false) };
}

function counted(accepted: number): ProcessSnapshot {
  const nothing = mergeSnapshots([]);
  return { ...nothing, counts: { ...nothing.counts, accepted, ended: { client_quit: accepted } } };
}

Deno.test("counters do not go backwards when a worker is slow, ends, or is started again", async () => {
  let first: ProcessSnapshot | undefined = counted(5);
  const workers = new Map([[1, worker(() => first)], [2, worker(() => counted(7))]]);
  const view = new WorkersView(workers, () => {});
  const accepted = async () => (await view.snapshot()).counts.accepted;
  assert.equal(await accepted(), 12);
  first = undefined;
  assert.equal(await accepted(), 12);
  workers.delete(1);
  assert.equal(await accepted(), 12);
  workers.set(1, worker(() => counted(1)));
  assert.equal(await accepted(), 13);
  assert.deepEqual((await view.snapshot()).counts.ended, { client_quit: 13 });
});
