import assert from "node:assert/strict";
import { Recent } from "../../src/net/recent.ts";

Deno.test("Recent shares a fresh value, makes a new one for a stale one, and keeps no failure", async () => {
  let made = 0;
  const make = () => Promise.resolve(++made);
  const fresh = new Recent<number>(60_000);
  assert.deepEqual(await Promise.all([fresh.get(make), fresh.get(make)]), [1, 1]);
  assert.equal(await fresh.get(make), 1);
  const stale = new Recent<number>(0);
  assert.deepEqual([await stale.get(make), await stale.get(make)], [2, 3]);
  const failing = new Recent<number>(60_000);
  await assert.rejects(failing.get(() => Promise.reject(new Error("no"))), /no/);
  assert.equal(await failing.get(make), 4);
});
