import assert from "node:assert/strict";
import { runRotation } from "../../src/rotate/runner.ts";
import { Rotation } from "../../src/rotate/rotation.ts";
import { STATE_SCHEMA } from "../../src/rotate/state.ts";
import { StateStore } from "../../src/rotate/state_store.ts";
import { SmallWorld } from "../support/small_world.ts";

const KEPT = new URL("../testdata/rotation_states/", import.meta.url);
const LAST = Number(STATE_SCHEMA.split("/")[1]);

/** Reads a kept state as the store reads any. */
async function loadKept(version: number) {
  const folder = await Deno.makeTempDir({ prefix: "querycop-state-" });
  try {
    const store = new StateStore(folder);
    await store.prepare();
    const text = await Deno.readTextFile(new URL(`${version}.json`, KEPT));
    const runId: string = JSON.parse(text).runId;
    await Deno.writeTextFile(store.pathOf(runId), text);
    return await store.load(runId);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a state file of every schema that was released is kept here, and is read as today's", async () => {
  assert.ok(LAST >= 2);
  for (let version = 1; version <= LAST; version++) {
    const text = await Deno.readTextFile(new URL(`${version}.json`, KEPT));
    assert.equal(JSON.parse(text).schema, `querycop.rotation-state/${version}`);
    const state = await loadKept(version);
    assert.equal(state.schema, STATE_SCHEMA);
    assert.equal(state.step, "delete");
    assert.equal(state.superseded[0]?.id, "new0");
    assert.equal(state.settings.readBack.length, state.settings.sinks.length);
  }
});

Deno.test("a rotation that an earlier release began is gone on with, and its own logins stay its own", async () => {
  for (let version = 1; version <= LAST; version++) {
    const state = await loadKept(version);
    const world = new SmallWorld({ sinks: [{ readable: true }, { readable: false }] });
    // The world as it was when that release stopped: the application has moved over.
    const before = world.process().rotation;
    world.confirmed = false;
    await assert.rejects(runRotation(before));
    assert.equal(world.saved?.current?.id, state.current?.id);
    world.confirmed = true;
    await runRotation(new Rotation(state, world.process().rotation.world));
    assert.equal(world.saved?.outcome, "done");
    assert.deepEqual(world.harm, []);
  }
});
