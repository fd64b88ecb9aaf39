import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";

Deno.test("a Secret prints as *** in every way of printing", () => {
  const secret = new Secret("hunter2");
  const lines: string[] = [];
  for (const format of ["json", "pretty"] as const) {
    createLogger({ level: "info", format, write: (line) => lines.push(line) }).info("x", {
      secret,
      deep: { secret },
    });
  }
  const all = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    Deno.inspect({ secret }),
    ...lines,
  ];
  for (const text of all) {
    assert.ok(!text.includes("hunter2"), text);
    assert.ok(text.includes("***"), text);
  }
  assert.equal(secret.reveal(), "hunter2");
});
