/** The points between those of `rotate_kill_test.ts`. */
import { benchServer } from "../support/rotation_bench.ts";
import { pointsOf, walk } from "../support/rotation_walk.ts";

Deno.test("killed at the points between and gone on with, a rotation ends as one that was not killed", async () => {
  await using server = await benchServer();
  const points = await pointsOf(server, "file");
  await walk(server, "file", points.map((_, index) => index + 1).filter((point) => point % 2 === 1));
});
