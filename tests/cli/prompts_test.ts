import assert from "node:assert/strict";
import { UsageError } from "../../src/base/errors.ts";
import { createContext } from "../../src/cli/context.ts";
import { fakeHost, type FakeHostOptions } from "../support/fake_host.ts";

const TERMINAL: FakeHostOptions = { terminal: ["stdin", "stderr"] };

function contextOf(options: FakeHostOptions, input = true) {
  const host = fakeHost(options);
  const { context } = createContext(host, {
    format: "text",
    quiet: false,
    verbose: false,
    input,
    color: "never",
  });
  return { host, prompts: context.prompts, context };
}

Deno.test("answers come line by line, and what follows a line is kept for the next question", async () => {
  const { host, prompts } = contextOf({ ...TERMINAL, typed: " first \nsecond\r" });
  assert.equal(await prompts.ask("One", "-"), "first");
  assert.equal(await prompts.ask("Two", "-"), "second");
  assert.equal(host.err(), "One: Two: ");
});

Deno.test("a secret is read without echo, corrections and all, and echo comes back", async () => {
  const { host, prompts } = contextOf({ ...TERMINAL, typed: "wrong\x15pä\x7fässs\x7f\r" });
  const answer = prompts.askSecret("Password", "-");
  assert.equal(host.raw(), true);
  assert.equal(await answer, "päss");
  assert.equal(host.raw(), false);
  assert.ok(!host.err().includes("ss w") && !host.err().includes("pä"), host.err());
});

Deno.test("confirmation needs the very word", async () => {
  for (
    const [typed, confirmed] of [["main\n", true], ["Main\n", false], ["\n", false], [
      "yes\n",
      false,
    ]] as const
  ) {
    const { prompts } = contextOf({ ...TERMINAL, typed });
    assert.equal(await prompts.confirmTyping("This deletes main", "main", "Pass --yes"), confirmed, typed);
  }
});

Deno.test("Ctrl-C and the end of input give up", async () => {
  for (const typed of ["abc\x03", "", "\x04"]) {
    const { host, prompts } = contextOf({ ...TERMINAL, typed });
    await assert.rejects(prompts.askSecret("Password", "-"), { name: "PromptCancelled" });
    assert.equal(host.raw(), false);
  }
});

Deno.test("nobody is asked without a terminal or with --no-input, and the error says what to do instead", async () => {
  const cases: readonly (readonly [FakeHostOptions, boolean])[] = [
    [{ typed: "x\n" }, true],
    [{ terminal: ["stdin"], typed: "x\n" }, true],
    [{ terminal: ["stderr"], typed: "x\n" }, true],
    [{ ...TERMINAL, typed: "x\n" }, false],
  ];
  for (const [options, input] of cases) {
    const { host, prompts } = contextOf(options, input);
    assert.equal(prompts.available, false);
    await assert.rejects(
      prompts.ask("User", "Pass --user"),
      (error) => error instanceof UsageError && error.hint === "Pass --user",
    );
    assert.equal(host.err(), "");
  }
});

Deno.test("progress is shown on a terminal only, after a while, and leaves nothing behind", async () => {
  const pipe = contextOf({});
  pipe.context.progress("Working").update({ done: 1, total: 2 });
  assert.equal(pipe.host.err(), "");

  const { host, context } = contextOf(TERMINAL);
  const progress = context.progress("Working");
  progress.update({ done: 1, total: 2 });
  assert.equal(host.err(), "");
  await new Promise((resolve) => setTimeout(resolve, 450));
  assert.match(host.err(), /Working \[#+ +\] 50%/);
  progress.end();
  progress.end();
  assert.ok(host.err().endsWith("\r\x1b[K"));

  const quick = contextOf(TERMINAL);
  quick.context.progress("Working").end();
  assert.equal(quick.host.err(), "");
});
