import assert from "node:assert/strict";
import fc from "fast-check";
import { combineScores, LEVEL_FLOORS, levelOf, LEVELS } from "../../src/risk/score.ts";

const scores = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 40 });

Deno.test("the score lies between the highest finding and ten above it, and never above 100", () => {
  fc.assert(fc.property(scores, (list) => {
    const highest = Math.max(0, ...list);
    const score = combineScores(list);
    assert.ok(score >= highest && score <= Math.min(100, highest + 10), `${score} for ${list}`);
  }));
});

Deno.test("the order of findings does not change the score", () => {
  fc.assert(fc.property(scores, (list) => {
    assert.equal(combineScores(list), combineScores(list.toSorted((a, b) => a - b)));
  }));
});

Deno.test("another finding never lowers the score", () => {
  fc.assert(fc.property(scores, fc.integer({ min: 0, max: 100 }), (list, more) => {
    assert.ok(combineScores([...list, more]) >= combineScores(list));
  }));
});

Deno.test("the level is that of the highest finding, however many others there are", () => {
  fc.assert(fc.property(scores, (list) => {
    assert.equal(levelOf(combineScores(list)), levelOf(Math.max(0, ...list)));
  }));
  assert.equal(combineScores([88, 88, 88]), 89.9);
});

Deno.test("the rest count by the formula of the design", () => {
  assert.equal(combineScores([80]), 80);
  assert.equal(combineScores([80, 40]), 82);
  assert.equal(combineScores([40, 80, 40]), 83.6);
  assert.equal(combineScores([]), 0);
});

Deno.test("each level starts at its floor", () => {
  for (const level of LEVELS) {
    assert.equal(levelOf(LEVEL_FLOORS[level]), level);
    if (level !== "info") assert.notEqual(levelOf(LEVEL_FLOORS[level] - 0.1), level);
  }
});
