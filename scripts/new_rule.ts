/**
 * Makes a rule: its file, its entry in the group's list, its page, and its examples' messages in tests/testdata, which
 * pin what it says and where.
 *
 * Usage: deno task new-rule CODE NAME [KIND ...]
 * For example: deno task new-rule D028 drop-sequence drop-sequence
 *
 * The rule fires on nothing yet: `deno task unit` fails until its examples and check are filled in; `deno task rules` then
 * writes its page and messages anew.
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
const { code: status } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-read", "--allow-write", new URL("scripts/generate_rules.ts", ROOT).pathname],
}).output();
console.log(
  `src/risk/rules/${group}/${file}.ts\ndocs/rules/${code}.md\ntests/testdata/rule_messages/${group}.txt`,
);
Deno.exit(status);

function ruleText(group: RuleGroup): string {
  const any = kinds.length === 0;
  return `import { ${any ? "anyStatementRule" : "hit"}, ${
    any ? "hit" : "statementRule"
  } } from "../../rule.ts";

/** What it finds. */
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

async function create(path: string, text: string): Promise<void> {
  const url = new URL(path, ROOT);
  await Deno.mkdir(new URL(".", url), { recursive: true });
  await Deno.writeTextFile(url, text, { createNew: true });
}
