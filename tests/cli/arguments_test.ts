import assert from "node:assert/strict";
import { peekOption, splitArguments } from "../../src/cli/arguments.ts";

Deno.test("splitArguments() finds the command behind the options that all commands share", () => {
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ["doctor --host x", "doctor", "--host x"],
    ["--quiet doctor x", "doctor", "--quiet x"],
    ["--format json doctor", "doctor", "--format json"],
    ["--format=json doctor", "doctor", "--format=json"],
    ["--backend-host doctor", undefined, "--backend-host doctor"],
    ["-- doctor", undefined, "-- doctor"],
    ["", undefined, ""],
  ];
  for (const [line, command, rest] of cases) {
    const split = splitArguments(line === "" ? [] : line.split(" "));
    assert.deepEqual([split.command, split.rest.join(" ")], [command, rest], line);
  }
});

Deno.test("peekOption() takes the last value, in both spellings, and nothing behind --", () => {
  assert.equal(peekOption(["--color", "always", "x", "--color=never"], "--color"), "never");
  assert.equal(peekOption(["--", "--color", "always"], "--color"), undefined);
});
