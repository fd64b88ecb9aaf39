import assert from "node:assert/strict";
import type { Overrides } from "../../src/store/store.ts";
import { openRecorder } from "../../src/store/journal_recorder.ts";
import { openStore } from "../../src/store/open_store.ts";
import { event, filesIn, withDirectory } from "./support.ts";

Deno.test("what is recorded is in the chain after flush, and no journal is left after close", () =>
  withDirectory(async (dataDir) => {
    const recorder = openRecorder({ dataDir });
    const store = await openStore({ dataDir, required: true });
    for (let index = 0; index < 10; index++) assert(recorder.record(event(`E${index}`)));
    await store.flush();
    const records = await store.audit({ limit: 100 });
    assert.deepEqual(records.map(({ id }) => id), Array.from({ length: 10 }, (_, index) => `E${9 - index}`));
    assert.deepEqual(records.map(({ seq }) => seq), Array.from({ length: 10 }, (_, index) => 10 - index));
    recorder.close();
    await store.close();
    assert.deepEqual(filesIn(`${dataDir}/journal`), []);
  }));

Deno.test("overrides are told when they change and when they end", () =>
  withDirectory(async (dataDir) => {
    const store = await openStore({ dataDir, required: true });
    const seen: Overrides[] = [];
    const until = Date.now() + 200;
    const ended = new Promise<void>((resolve) =>
      store.onOverrides((overrides) => {
        seen.push(overrides);
        if (seen.some(({ blocks }) => blocks.length === 1) && overrides.blocks.length === 0) resolve();
      })
    );
    await store.putBlock({ id: "B1", digest: "d", reason: "r", by: "me", createdAt: 1, until });
    assert.deepEqual(seen.at(-1)?.blocks.map(({ id }) => id), ["B1"]);
    await ended;
    await store.close();
  }));
