/**
 * Makes a rule: its file, a test of what it says and where, its entry in the group's list and its page.
 *
 * Usage: deno task new-rule CODE NAME [KIND ...]
 * For example: deno task new-rule D028 drop-sequence drop-sequence
 *
 * The rule fires on nothing yet: `deno task unit` fails until its examples and check are filled in.
 */

import { findRule } from "../src/risk/registry.ts";
import { GROUP_LETTERS, type RuleGroup } from "../src/risk/rule.ts";

const ROOT = new URL("../", import.meta.url);
const [code = "", name = "", ...kinds] = Deno.args;
const group = (Object.keys(GROUP_LETTERS) as RuleGroup[]).find((candidate) =>
  GROUP_LETTERS[candidate] === code[0]
);

if (!/^[A-Z]\d{3}$/.test(code) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || group === undefined) {
  console.error(
    "Usage: deno task new-rule CODE NAME [KIND ...], for example: D028 drop-sequence drop-sequence",
  );
  Deno.exit(2);
}
for (const id of [code, name]) {
  const taken = findRule(id);
  if (taken !== undefined) {
    console.error(`${id} is taken by ${taken.code} ${taken.name}`);
    Deno.exit(2);
  }
}

const symbol = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const file = name.replaceAll("-", "_");
await create(`src/risk/rules/${group}/${file}.ts`, ruleText(group));
await create(`tests/risk/rules/${file}_test.ts`, testText());
const { code: status } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-read", "--allow-write", new URL("scripts/generate_rules.ts", ROOT).pathname],
}).output();
console.log(`src/risk/rules/${group}/${file}.ts\ntests/risk/rules/${file}_test.ts\ndocs/rules/${code}.md`);
Deno.exit(status);

function ruleText(group: RuleGroup): string {
  const any = kinds.length === 0;
  return `import { ${any ? "anyStatementRule" : "hit"}, ${
    any ? "hit" : "statementRule"
  } } from "../../rule.ts";

/** ${code}. */
export const ${symbol} = ${any ? "anyStatementRule" : "statementRule"}({
  code: "${code}",
  name: "${name}",
  group: "${group}",
  title: "What it finds",
  score: 40,
  why: "What goes wrong, in one sentence.",
  fix: "What to do instead.",
  fires: ["SELECT 'replace me'"],
  quiet: ["SELECT 'and me'"],
  references: [],
  reads: "shape",
${any ? "" : `  kinds: [${kinds.map((kind) => `"${kind}"`).join(", ")}],\n`}  check(statement) {
    return statement.problems.map((problem) => hit(problem, "What is wrong here, in terms of this statement"));
  },
});
`;
}

function testText(): string {
  return `import assert from "node:assert/strict";
import { ${symbol} } from "../../../src/risk/rules/${group}/${file}.ts";
import { findingsOfFile, settingsOf } from "../_judging.ts";

Deno.test("${code} says what is wrong and where", () => {
  const [sql = ""] = ${symbol}.fires;
  const finding = findingsOfFile(sql, settingsOf(${symbol})).find((found) => found.rule === ${symbol});
  assert.ok(finding !== undefined);
  assert.equal(sql.slice(finding.start, finding.end), "replace me");
});
`;
}

async function create(path: string, text: string): Promise<void> {
  const url = new URL(path, ROOT);
  await Deno.mkdir(new URL(".", url), { recursive: true });
  await Deno.writeTextFile(url, text, { createNew: true });
}
