import assert from "node:assert/strict";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { GROUP_LETTERS, type RuleGroup } from "../../src/risk/rule.ts";
import { messagesText } from "../../scripts/rule_examples.ts";

const FOLDER = new URL("../testdata/rule_messages/", import.meta.url);

// After a change that is meant: deno task rules, and read what it changes in the files.
for (const group of Object.keys(GROUP_LETTERS) as RuleGroup[]) {
  Deno.test(`${group} rules say of their examples what is written down, where and with what score`, async () => {
    const kept = await Deno.readTextFile(new URL(`${group}.txt`, FOLDER));
    const made = messagesText(ALL_RULES.filter((rule) => rule.group === group));
    assert.deepEqual(made.split("\n"), kept.split("\n"));
  });
}
