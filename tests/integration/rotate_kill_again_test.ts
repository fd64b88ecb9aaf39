/** As `rotate_kill_test.ts`, with a sink that cannot be read back, and with more than one kill. */
import assert from "node:assert/strict";
import { benchServer } from "../support/rotation_bench.ts";
import { pointsOf, Walk, walk } from "../support/rotation_walk.ts";

Deno.test("killed at every point of create, deliver and verify, with a sink that cannot be asked what it holds", async () => {
  await using server = await benchServer();
  const points = await pointsOf(server, "program");
  const from = points.findIndex((name) => name.startsWith("before POST"));
  const to = points.lastIndexOf("before a program");
  assert.ok(from > 0 && to > from);
  await walk(server, "program", Array.from({ length: to - from }, (_, index) => from + index + 1));
});

for (const sink of ["file", "program"] as const) {
  Deno.test(`killed again and again, a rotation into a ${sink} ends all the same`, async () => {
    await using server = await benchServer();
    await using rotation = await Walk.prepare(server, sink);
    let killed = 0;
    for (let point = 10; await rotation.goOnUntil(point); point++) killed++;
    assert.ok(killed > 5, `${killed}`);
    await rotation.goOn("in the end");
    await rotation.check(`killed ${killed} times`, []);
  });
}
