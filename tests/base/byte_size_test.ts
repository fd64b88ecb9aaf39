import assert from "node:assert/strict";
import { formatByteSize, parseByteSize } from "../../src/base/byte_size.ts";

Deno.test("parseByteSize() reads the units operators type, in any case", () => {
  for (const [text, bytes] of [["0", 0], ["64k", 65536], ["100MB", 104857600], ["1.5 m", 1572864]] as const) {
    assert.equal(parseByteSize(text), bytes, text);
  }
});

Deno.test("parseByteSize() refuses text that is no size", () => {
  for (const text of ["", "x", "-1", "1 tb", "1kk", "k"]) assert.equal(parseByteSize(text), undefined, text);
});

Deno.test("formatByteSize() rounds to what a person needs", () => {
  assert.deepEqual([0, 512, 65536, 1572864].map(formatByteSize), ["0 B", "512 B", "64 KB", "1.5 MB"]);
});
