import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigError, ConfigErrors } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { SourceError } from "../../src/base/errors.ts";
import { checkPolicy, loadPolicy, logPolicyError } from "../../src/serve/load_policy.ts";

const SETTING = { planetScale: false };

async function withFiles(files: Readonly<Record<string, string>>, body: (directory: string) => void) {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(directory, name), text);
    body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("without a path the built-in policy is in force", () => {
  const { policy, shadow, warnings } = loadPolicy(undefined, SETTING);
  assert.equal(policy.source, "built-in");
  assert.deepEqual([shadow, warnings], [undefined, []]);
});

Deno.test("a shadow is found beside its policy, and its warnings are told too", () =>
  withFiles({
    "p.yaml": "version: 1\nshadow: next.yaml\n",
    "next.yaml": "version: 1\ndeny: [migration-order]\n",
  }, (directory) => {
    const { policy, shadow, warnings } = loadPolicy(join(directory, "p.yaml"), SETTING);
    assert.equal(policy.shadow, "next.yaml");
    assert.equal(shadow?.source, join(directory, "next.yaml"));
    assert.deepEqual(warnings.map(({ line, column }) => [line, column]), [[2, 8]]);
  }));

Deno.test("every mistake of a file is thrown, and that of a shadow or of a missing file", () =>
  withFiles({
    "p.yaml": "version: 2\nroles: 3\n",
    "q.yaml": "version: 1\nshadow: p.yaml\n",
    "r.yaml": "version: 1\nshadow: none.yaml\n",
  }, (directory) => {
    for (const name of ["p.yaml", "q.yaml"]) {
      assert.throws(() => loadPolicy(join(directory, name), SETTING), (error) => {
        assert.ok(error instanceof ConfigErrors);
        assert.deepEqual(error.problems.map((one) => one instanceof SourceError && one.line), [1, 2]);
        return true;
      });
    }
    for (const name of ["r.yaml", "none.yaml"]) {
      assert.throws(() => loadPolicy(join(directory, name), SETTING), (error) => {
        assert.ok(
          error instanceof ConfigError &&
            /none\.yaml cannot be read: it does not exist/.test(error.message),
        );
        return true;
      });
    }
    assert.equal(checkPolicy(join(directory, "p.yaml"), SETTING).problems.length, 2);
    assert.equal(checkPolicy(join(directory, "r.yaml"), SETTING).problems.length, 1);
  }));

Deno.test("a log has a line for each mistake, with line and column", () =>
  withFiles({ "p.yaml": "version: 2\nroles: 3\n" }, (directory) => {
    const lines: string[] = [];
    const logger = createLogger({ level: "info", format: "json", write: (line) => lines.push(line) });
    try {
      loadPolicy(join(directory, "p.yaml"), SETTING);
    } catch (error) {
      logPolicyError(logger, error);
    }
    assert.deepEqual(lines.map((line) => JSON.parse(line)).map(({ line, column }) => [line, column]), [[
      1,
      10,
    ], [2, 8]]);
  }));
