import type { Digest } from "../../src/contract/digest.ts";
import type { Overrides } from "../../src/contract/override.ts";
import assert from "node:assert/strict";
import { createLogger } from "../../src/base/logger.ts";
import { openRecorder } from "../../src/store/journal_recorder.ts";
import { openStore } from "../../src/store/open_store.ts";
import { StoreError } from "../../src/store/store_error.ts";
import { event, filesIn, withDirectory } from "./_store.ts";

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
    await store.putBlock({ id: "B1", digest: "d" as Digest, reason: "r", by: "me", created_at: 1, until });
    assert.deepEqual(seen.at(-1)?.blocks.map(({ id }) => id), ["B1"]);
    await ended;
    await store.close();
  }));

Deno.test("a thread that ends by itself is started again; what was asked fails, what was recorded is not lost", () =>
  withDirectory(async (dataDir) => {
    const dying =
      'onmessage = ({ data }) => { if (data.open) postMessage({ opened: true }); else throw new Error("gone"); }; postMessage("ready")';
    let started = 0;
    const logged: string[] = [];
    const logger = createLogger({ level: "info", format: "json", write: (line) => logged.push(line) });
    const store = await openStore({
      dataDir,
      required: true,
      logger,
      startThread: () =>
        new Worker(
          started++ === 0
            ? `data:application/javascript,${encodeURIComponent(dying)}`
            : new URL("../../src/store/store_worker.ts", import.meta.url).href,
          { type: "module" },
        ),
    });
    const recorder = openRecorder({ dataDir });
    recorder.record(event("A"));
    await assert.rejects(store.flush(), StoreError);
    assert.deepEqual([store.state().healthy, store.state().restarts], [false, 1]);
    assert.match(store.state().problem ?? "", /gone/);
    assert(logged.some((line) => line.includes("store thread ended") && line.includes("gone")));
    await until(() => store.state().healthy);
    await store.flush();
    assert.deepEqual((await store.audit({ limit: 9 })).map(({ id }) => id), ["A"]);
    recorder.close();
    await store.close();
    await assert.rejects(store.flush(), StoreError);
  }));

Deno.test("a store that need not open opens once it can", () =>
  withDirectory(async (dataDir) => {
    Deno.writeTextFileSync(`${dataDir}/querycop.db`, "no database, not at all ".repeat(100));
    await assert.rejects(openStore({ dataDir, required: true }), StoreError);
    const store = await openStore({ dataDir, required: false });
    assert.match(store.state().problem ?? "", /not a database/);
    await assert.rejects(store.digests({ order: "count", limit: 1 }), StoreError);
    Deno.removeSync(`${dataDir}/querycop.db`);
    await until(() => store.state().healthy);
    assert.deepEqual(await store.digests({ order: "count", limit: 1 }), []);
    await store.close();
  }));

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds();) {
    assert(Date.now() < deadline, "it did not come to be");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
