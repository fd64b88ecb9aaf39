import assert from "node:assert/strict";
import { walkOnce } from "../support/rotation_tampering.ts";

/** As many walks as a test has time for; `deno task walk` makes ten thousand. */
const WALKS = 400;

Deno.test("a rotation ends well only where the new pair is where it should be, whatever is done to its world", async () => {
  const ends = { done: 0, stopped: 0 };
  for (let seed = 1; seed <= WALKS; seed++) {
    const { wrong, processes, meddled } = await walkOnce(seed);
    assert.deepEqual(wrong, [], `seed ${seed}: ${processes.join(", ")}; ${meddled.join("; ")}`);
    ends[processes.at(-1) === "done" ? "done" : "stopped"]++;
  }
  assert.ok(ends.done > WALKS / 2, JSON.stringify(ends));
});
