import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDurationMs, parseDurationMs } from "../../src/base/duration.ts";

Deno.test("parseDurationMs() gives back every duration that formatDurationMs() writes", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
    assert.equal(parseDurationMs(formatDurationMs(ms)), ms);
  }));
});

Deno.test("parseDurationMs() refuses text that is no duration", () => {
  for (const text of ["", "5", "s", "-1s", "1x", "1s 2", "NaN", "1e3s"]) {
    assert.equal(parseDurationMs(text), undefined, text);
  }
});
