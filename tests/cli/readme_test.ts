import assert from "node:assert/strict";

Deno.test("the README's sample of lint-sql is the transcript that is run against the executable", () => {
  const readme = Deno.readTextFileSync("README.md");
  const transcript = Deno.readTextFileSync("tests/executable/transcripts/readme_lint_sql.txt");
  const printed = transcript.split("\n").filter((line) => line.startsWith(">")).map((line) => line.slice(2));
  assert.ok(readme.includes(`$ querycop lint-sql migrations\n${printed.join("\n")}\n\`\`\``));
});
