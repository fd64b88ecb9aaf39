import assert from "node:assert/strict";
import { UsageError } from "../../src/base/errors.ts";
import { throughTargets } from "../../src/commands/rotate/world.ts";

Deno.test("applications reach querycop where that is said, else where its admin API is, and nowhere if so said", () => {
  const admin = ["http://10.0.0.1:8080", "https://[::1]:8443/", "http://10.0.0.1:8081"];
  assert.deepEqual(throughTargets([], admin, 15336), ["10.0.0.1:15336", "[::1]:15336"]);
  assert.deepEqual(throughTargets(["qc", "[::1]:3306", "qc:3307"], admin, 15336), [
    "qc:15336",
    "[::1]:3306",
    "qc:3307",
  ]);
  assert.deepEqual(throughTargets([], [], 15336), []);
  assert.deepEqual(throughTargets(["none"], admin, 15336), []);
  for (const wrong of [["none", "qc"], ["qc:0"], ["http://qc"]]) {
    assert.throws(() => throughTargets(wrong, admin, 15336), UsageError, wrong.join());
  }
});
