import assert from "node:assert/strict";
import { findInputs } from "../../src/lint/inputs.ts";
import { inDirectory, lintNamed } from "./_linting.ts";

async function* text(sql: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(sql));
}

Deno.test("standard input is judged as the file that it stands for", async () => {
  await inDirectory({ "db/querycop.yaml": "weights: {D005: 11}\n" }, async (cwd) => {
    const lint = async (stdinFilename: string | undefined) => {
      const found = await findInputs(["-"], { cwd, endings: [".sql"], exclude: [], stdinFilename });
      const report = await lintNamed(cwd, [], { rules: ["D005"] }, {
        ...found,
        stdin: () => text("DROP TABLE t;"),
      });
      return report.findings.map(({ file, score, statement }) => `${file} ${score} ${statement.section}`);
    };
    assert.deepEqual(await lint(undefined), ["<stdin> 85 up"]);
    assert.deepEqual(await lint("db/1_a.sql"), ["db/1_a.sql 11 up"]);
    assert.deepEqual(await lint("db/1_a.down.sql"), ["db/1_a.down.sql 11 down"]);
  });
});

Deno.test("names of standard input's device stand for it", async () => {
  for (const name of ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]) {
    const { inputs } = await findInputs([name], { cwd: "/", endings: [".sql"], exclude: [] });
    assert.deepEqual(inputs, [{ path: "<stdin>", file: undefined, bytes: 0 }], name);
  }
});

Deno.test("a device that may not be read is an error of that input alone", async () => {
  await inDirectory({ "a.sql": "DROP TABLE t;" }, async (cwd) => {
    const report = await lintNamed(cwd, ["/dev/tty", "/proc/1/environ", "a.sql"], { rules: ["D005"] });
    for (const { code, message } of report.errors) {
      assert.ok(["lint.unreadable", "lint.missing"].includes(code), code);
      assert.doesNotMatch(message, /allow|NotCapable|os error/);
    }
    assert.equal(report.errors.length, 2);
    assert.equal(report.findings.length, 1);
  });
});
