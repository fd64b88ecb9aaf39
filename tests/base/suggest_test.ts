import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearest } from "../../src/base/suggest.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });

Deno.test("editDistance() is 0 for equal words only, symmetric, and at most the longer length", () => {
  fc.assert(fc.property(word, word, (a, b) => {
    const distance = editDistance(a, b);
    assert.equal(distance === 0, a === b);
    assert.equal(distance, editDistance(b, a));
    assert.ok(distance <= Math.max(a.length, b.length));
    assert.ok(distance >= Math.abs(a.length - b.length));
  }));
});

Deno.test("nearest() finds a slip of the fingers and leaves an unrelated word alone", () => {
  const commands = ["serve", "doctor", "lint-sql", "rotate", "version"];
  for (
    const [typed, meant] of [
      ["docter", "doctor"],
      ["lintsql", "lint-sql"],
      ["SERVE", "serve"],
      ["sevre", "serve"],
      ["vers", "version"],
      ["frobnicate", undefined],
      ["x", undefined],
    ] as const
  ) assert.equal(nearest(typed, commands), meant, typed);
});
