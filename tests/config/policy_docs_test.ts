import assert from "node:assert/strict";
import { parsePolicyFile } from "../../src/config/policy_file.ts";
import { policyJsonSchema } from "../../src/config/policy_schema.ts";
import { CATEGORY_OF_KIND, STATEMENT_CATEGORIES } from "../../src/risk/policy/statement_categories.ts";
import { POLICY_VOCABULARY } from "../../src/risk/policy/vocabulary.ts";
import { parseWildcard } from "../../src/base/wildcard.ts";

const PAGES = [
  "README.md",
  ...[...Deno.readDirSync("docs")].filter(({ name }) => name.endsWith(".md")).map(({ name }) =>
    `docs/${name}`
  ),
];
const POLICY_PAGE = Deno.readTextFileSync("docs/policy.md");

Deno.test("every policy in the documentation is good, without a warning", () => {
  let found = 0;
  for (const page of PAGES) {
    for (const [, block = ""] of Deno.readTextFileSync(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)) {
      if (!/^version: 1$/m.test(block)) continue;
      found++;
      const { errors, warnings } = parsePolicyFile(block, page, POLICY_VOCABULARY);
      assert.deepEqual([...errors, ...warnings].map(({ message }) => message), []);
    }
  }
  assert.ok(found >= 2, `${found} policies`);
});

Deno.test("docs/policy.md says of every kind of statement which category it is in", () => {
  for (const category of STATEMENT_CATEGORIES) {
    const row = POLICY_PAGE.split("\n").find((line) => line.startsWith(`| \`${category}\` `)) ?? "";
    const patterns = [...row.matchAll(/`([\w*-]+)`/g)].slice(1).flatMap(([, word = ""]) =>
      parseWildcard(word) ?? []
    );
    for (const [kind, its] of Object.entries(CATEGORY_OF_KIND)) {
      const named = patterns.some((pattern) => pattern.matches(kind));
      if (its === category) assert.ok(named, `${kind} is not in the row of ${category}`);
      else if (category !== "ddl") assert.ok(!named, `${kind} is in the row of ${category}`);
    }
  }
});

Deno.test("docs/policy.md names every key of a policy", () => {
  const visit = (node: unknown): string[] => {
    if (typeof node !== "object" || node === null) return [];
    const { properties = {} } = node as { properties?: Record<string, unknown> };
    return [...Object.keys(properties), ...Object.values(node).flatMap(visit)];
  };
  for (const key of new Set(visit(policyJsonSchema()))) {
    assert.ok(new RegExp(`\\b${key.replace(/^\$/, "")}\\b`).test(POLICY_PAGE), `${key} is not described`);
  }
});

Deno.test("the samples in docs/policy.md are the transcript that is run against the executable", () => {
  const transcript = Deno.readTextFileSync("tests/executable/transcripts/policy.txt");
  const printed = transcript.split("\n").map((line) => line.replace(/^> ?/, "")).join("\n");
  const samples = [...POLICY_PAGE.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, text = ""]) =>
    text.trim()
  );
  assert.ok(samples.length >= 1);
  for (const sample of samples) assert.ok(printed.includes(sample), sample);
});
