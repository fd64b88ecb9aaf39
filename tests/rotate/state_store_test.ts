import assert from "node:assert/strict";
import { QuerycopError } from "../../src/base/errors.ts";
import { BranchLock } from "../../src/rotate/branch_lock.ts";
import { makeRunId, type RotationState } from "../../src/rotate/state.ts";
import { StateStore } from "../../src/rotate/state_store.ts";
import { SmallWorld } from "../support/small_world.ts";

const TARGET = { organization: "acme", database: "shop", branch: "feature/x" };

function aState(runId: string): RotationState {
  return { ...new SmallWorld().process().rotation.state, runId };
}

async function withStore(body: (store: StateStore) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-state-" });
  try {
    const store = new StateStore(folder);
    await store.prepare();
    await body(store);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const hasCode = (code: string) => (error: unknown) => error instanceof QuerycopError && error.code === code;

Deno.test("a saved state is read back as it was, from a file and a directory for their owner alone", () =>
  withStore(async (store) => {
    const state = aState("bcdfghjk");
    await store.save(state);
    await store.save({ ...state, attempts: 1 });
    assert.deepEqual(await store.load("bcdfghjk"), { ...state, attempts: 1 });
    assert.equal(((await Deno.stat(store.pathOf("bcdfghjk"))).mode ?? 0) & 0o777, 0o600);
    assert.equal(((await Deno.stat(store.directory)).mode ?? 0) & 0o777, 0o700);
    assert.deepEqual([...Deno.readDirSync(store.directory)].map(({ name }) => name), ["bcdfghjk.json"]);
  }));

Deno.test("runs are listed, the oldest first, and what is no state is not taken for one", () =>
  withStore(async (store) => {
    await store.save({ ...aState("bcdfghjk"), startedAt: "2026-11-22T00:00:02.000Z" });
    await store.save({ ...aState("zzzzzzzz"), startedAt: "2026-11-22T00:00:01.000Z" });
    assert.deepEqual((await store.list()).runs.map(({ runId }) => runId), ["zzzzzzzz", "bcdfghjk"]);
    for (const runId of ["gggggggg", "../bcdfghjk", ""]) {
      await assert.rejects(store.load(runId), hasCode("usage.unknown_run"), runId);
    }
    for (
      const [change, where] of [["{", ""], ['{"schema":"querycop.rotation-state/99"}', "schema"]] as const
    ) {
      await Deno.writeTextFile(store.pathOf("bcdfghjk"), change);
      await assert.rejects(
        store.load("bcdfghjk"),
        (error) => hasCode("config.rotation_state")(error) && (error as Error).message.includes(where),
      );
    }
  }));

Deno.test("a directory that is not there has no runs, and one that cannot be made is the configuration's fault", async () => {
  const file = await Deno.makeTempFile({ prefix: "querycop-state-" });
  try {
    assert.deepEqual(await new StateStore(`${file}-nowhere`).list(), { runs: [], unreadable: [] });
    await assert.rejects(new StateStore(file).prepare(), hasCode("config.data_dir"));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("one rotation of a branch at a time: the second is refused with the first's run", () =>
  withStore(async (store) => {
    const first = await BranchLock.take(store.directory, TARGET, "bcdfghjk");
    assert.equal(await BranchLock.isHeld(store.directory, TARGET), true);
    await assert.rejects(
      BranchLock.take(store.directory, TARGET, "zzzzzzzz"),
      (error) => hasCode("unsafe.locked")(error) && (error as Error).message.endsWith("run bcdfghjk"),
    );
    using _other = await BranchLock.take(store.directory, { ...TARGET, branch: "main" }, "yyyyyyyy");
    first[Symbol.dispose]();
    assert.equal(await BranchLock.isHeld(store.directory, TARGET), false);
    using _again = await BranchLock.take(store.directory, TARGET, "zzzzzzzz");
  }));

Deno.test("run ids are eight characters that the state takes", () => {
  const ids = new Set(Array.from({ length: 500 }, () => makeRunId()));
  assert.equal(ids.size, 500);
  for (const id of ids) assert.match(id, /^[a-z0-9]{8}$/);
});
