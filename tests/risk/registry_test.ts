import assert from "node:assert/strict";
import { rulePages } from "../../scripts/rule_pages.ts";
import { ALL_RULES, findRule } from "../../src/risk/registry.ts";
import { GROUP_LETTERS, type RuleGroup } from "../../src/risk/rule.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every rule file is in its group's list, under a name made from its file's name", async () => {
  const registered = new Set(ALL_RULES.map((rule) => `${rule.group}/${rule.name.replaceAll("-", "_")}.ts`));
  const files = new Set<string>();
  for (const group of Object.keys(GROUP_LETTERS)) {
    for (const file of await list(`src/risk/rules/${group}/`).catch(() => [])) {
      const text = await Deno.readTextFile(new URL(`src/risk/rules/${group}/${file}`, ROOT));
      if (/\bcode: "/.test(text)) files.add(`${group}/${file}`);
    }
  }
  assert.deepEqual([...registered].sort(), [...files].sort());
});

Deno.test("codes and names are unique, well formed and of their group", () => {
  const seen = new Set<string>();
  for (const rule of ALL_RULES) {
    assert.match(rule.code, /^[A-Z]\d{3}$/);
    assert.equal(rule.code[0], GROUP_LETTERS[rule.group as RuleGroup], rule.code);
    assert.match(rule.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, rule.code);
    for (const id of [rule.code, rule.name]) {
      assert.ok(!seen.has(id), `${id} is taken`);
      seen.add(id);
    }
  }
});

Deno.test("every rule says what it finds, why it matters and what to do", () => {
  for (const rule of ALL_RULES) {
    assert.ok(rule.score >= 0 && rule.score <= 100, rule.code);
    assert.match(rule.title, /^\S.*[^.]$/, `${rule.code}: title is a phrase without a period`);
    assert.match(rule.why, /^\S.*\.$/s, `${rule.code}: why is a sentence`);
    assert.match(rule.fix, /^\S.*\.$/s, `${rule.code}: fix is a sentence`);
    assert.ok(rule.fires.length > 0 && rule.quiet.length > 0, `${rule.code}: has both kinds of example`);
    for (const page of rule.references) assert.match(page, /^https:\/\//, rule.code);
  }
});

Deno.test("a rule is found by its code and its name, in any case", () => {
  for (const rule of ALL_RULES) {
    assert.equal(findRule(rule.code.toLowerCase()), rule);
    assert.equal(findRule(rule.name.toUpperCase()), rule);
  }
  assert.equal(findRule("D999"), undefined);
});

Deno.test("docs/rules has the page of every rule, up to date, and no other (deno task rules)", async () => {
  const pages = rulePages(ALL_RULES);
  assert.deepEqual((await list("docs/rules/")).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) {
    assert.equal(await Deno.readTextFile(new URL(`docs/rules/${name}`, ROOT)), text, `docs/rules/${name}`);
  }
});

async function list(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) if (entry.isFile) names.push(entry.name);
  return names;
}
