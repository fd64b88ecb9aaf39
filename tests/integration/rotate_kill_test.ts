/**
 * A rotation killed with SIGKILL at every second point at which anything outside it changes or is asked, and gone on
 * with: whatever the point, one password works in the end, the sink holds it, and the old one was deleted last of all.
 * `rotate_kill_between_test.ts` has the points between, for the time that they take.
 */
import assert from "node:assert/strict";
import { benchServer } from "../support/rotation_bench.ts";
import { pointsOf, walk } from "../support/rotation_walk.ts";

Deno.test("killed at every second point and gone on with, a rotation ends as one that was not killed", async () => {
  await using server = await benchServer();
  const points = await pointsOf(server, "file");
  const kinds = ["GET", "POST", "DELETE", "rename to state", "rename to app.env", "program"];
  for (const kind of kinds) assert.ok(points.some((name) => name.includes(kind)), `${kind} in ${points}`);
  await walk(server, "file", points.map((_, index) => index + 1).filter((point) => point % 2 === 0));
});
