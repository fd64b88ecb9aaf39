import assert from "node:assert/strict";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { codesUnder } from "./_judging.ts";
import { MUTATIONS, SHAPES } from "./_mutations.ts";

/** Rules about the file itself have their tests with lint-sql. */
const RULES = ALL_RULES.filter((rule) => rule.scope !== "input");

Deno.test("every rule fires on its examples, and on no relative that is harmless", async (test) => {
  for (const rule of RULES) {
    await test.step(`${rule.code} ${rule.name}`, () => {
      for (const sql of rule.fires) {
        assert.ok(codesUnder(rule, sql).has(rule.code), `does not fire on: ${sql}`);
      }
      for (const sql of rule.quiet) assert.ok(!codesUnder(rule, sql).has(rule.code), `fires on: ${sql}`);
    });
  }
});

for (const mutation of [...MUTATIONS, ...SHAPES]) {
  Deno.test(`every rule's examples fire just so under the mutation ${mutation.name}`, () => {
    const wrong: string[] = [];
    for (const rule of RULES) {
      if (rule.notUnder?.includes(mutation.name) === true) continue;
      for (const sql of rule.fires) {
        const mutated = mutation.apply(sql);
        if (mutated !== undefined && !codesUnder(rule, mutated).has(rule.code)) {
          wrong.push(`${rule.code} no longer fires on ${mutated}`);
        }
      }
      for (const sql of rule.quiet) {
        const mutated = mutation.apply(sql);
        if (mutated !== undefined && codesUnder(rule, mutated).has(rule.code)) {
          wrong.push(`${rule.code} fires on ${mutated}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
}
