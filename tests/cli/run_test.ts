import assert from "node:assert/strict";
import {
  ConfigError,
  ConfigErrors,
  ConnectError,
  ProtocolError,
  QuerycopError,
  ServerError,
  TlsError,
  UsageError,
} from "../../src/base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../../src/base/exit_codes.ts";
import { run } from "../../src/cli/mod.ts";
import { COMMANDS } from "../../src/cli/registry.ts";
import { Shell } from "../../src/cli/shell.ts";
import { TOPICS } from "../../src/cli/topics.ts";
import type { CommandContext } from "../../src/commands/context.ts";
import { fakeHost, type FakeHostOptions } from "../support/fake_host.ts";

/** A command line with the one command `work`, whose body the test gives. */
function working(body: (context: CommandContext) => Promise<ExitCode>, options: FakeHostOptions = {}) {
  const host = fakeHost(options);
  const commands = [{
    name: "work",
    summary: "Work",
    load: () =>
      Promise.resolve((shell: Shell) => {
        const command = shell.command("work", { summary: "Work", examples: [] });
        return command.action(() => shell.run(command, body));
      }),
  }];
  return { host, work: (...args: string[]) => run(["work", ...args], host, commands) };
}

function failing(error: unknown, options: FakeHostOptions = {}) {
  return working(() => Promise.reject(error), options);
}

Deno.test("what a command resolves to is the exit code", async () => {
  for (const code of [EXIT_CODES.ok, EXIT_CODES.findings, EXIT_CODES.unsafe]) {
    assert.equal(await working(() => Promise.resolve(code)).work(), code);
  }
});

Deno.test("each kind of error has its exit code, and two lines on stderr", async () => {
  const hint = "Do this";
  const cases: readonly (readonly [QuerycopError, number])[] = [
    [new UsageError("Wrong flag", { hint }), 2],
    [new ConfigError("GATEKEEPER_X", "Wrong key", { hint }), 3],
    [new ServerError(1045, "28000", "Access denied", { hint }), 4],
    [new QuerycopError("api.401", "Token refused", { hint }), 4],
    [new ConnectError("tcp", "refused", "db:3306", "connection refused", { hint }), 5],
    [new TlsError("expired", "Certificate expired", { hint }), 5],
    [new ProtocolError("Packet out of order", { hint }), 5],
    [new QuerycopError("unsafe.last_password", "Refused", { hint }), 6],
  ];
  for (const [error, code] of cases) {
    const { host, work } = failing(error);
    assert.equal(await work(), code, error.code);
    assert.equal(host.err(), `error: ${error.message}\nhint: Do this\n`);
    assert.equal(host.out(), "");
  }
});

Deno.test("several wrong keys are several pairs of lines", async () => {
  const problems = ["A", "B"].map((key) => new ConfigError(key, `${key} is wrong`, { hint: `Mend ${key}` }));
  const { host, work } = failing(new ConfigErrors(problems));
  assert.equal(await work("--format=json"), 3);
  assert.equal(host.err(), "error: A is wrong\nhint: Mend A\nerror: B is wrong\nhint: Mend B\n");
  const { schema, error } = JSON.parse(host.out());
  assert.equal(schema, "querycop.error/1");
  assert.deepEqual(error.problems.map((each: { key: string; hint: string }) => [each.key, each.hint]), [
    ["A", "Mend A"],
    ["B", "Mend B"],
  ]);
});

Deno.test("a defect ends with 70 and says what to report; a stack only with --verbose", async () => {
  const { host, work } = failing(new TypeError("x is undefined", { cause: new Error("deeper") }));
  assert.equal(await work(), 70);
  assert.match(
    host.err(),
    /^error: Internal error: TypeError: x is undefined\nhint: .*querycop version --json.*\n$/,
  );
  const again = failing(new TypeError("x is undefined", { cause: new Error("deeper") }));
  assert.equal(await again.work("--verbose"), 70);
  assert.match(again.host.err(), /\n +at /);
  assert.match(again.host.err(), /caused by: Error: deeper/);
});

Deno.test("a signal aborts the command, which may still end as it likes; if it rejects, the code is 130 or 143", async () => {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const untilAborted = (context: CommandContext) =>
      new Promise<void>((resolve) => context.signal.addEventListener("abort", () => resolve()));
    const rejecting = working(async (context) => {
      await untilAborted(context);
      context.signal.throwIfAborted();
      return EXIT_CODES.ok;
    });
    const rejected = rejecting.work();
    await until(() => rejecting.host.signal(signal));
    assert.equal(await rejected, code);
    assert.equal(rejecting.host.err(), "");

    const draining = working(async (context) => {
      await untilAborted(context);
      return EXIT_CODES.ok;
    });
    const drained = draining.work();
    await until(() => draining.host.signal(signal));
    assert.equal(await drained, EXIT_CODES.ok);
  }
});

Deno.test("the same signal again ends the process at once, after a last word; another one does not", async () => {
  let finish: (code: ExitCode) => void = () => {};
  let words = 0;
  const { host, work } = working((context) => {
    context.onForcedEnd(() => words++);
    context.signal.addEventListener("abort", () => {});
    return new Promise((resolve) => finish = resolve);
  });
  const ended = work();
  await until(() => host.signal("SIGINT"));
  host.signal("SIGTERM");
  assert.deepEqual([host.exits, words], [[], 0]);
  host.signal("SIGTERM");
  assert.deepEqual([host.exits, words], [[143], 1]);
  finish(EXIT_CODES.ok);
  await ended;
});

Deno.test("a command that never looks at the signal leaves signals to the system", async () => {
  const { host, work } = working(() => {
    assert.equal(host.signal("SIGINT"), false);
    return Promise.resolve(EXIT_CODES.ok);
  });
  assert.equal(await work(), 0);
});

Deno.test("--quiet leaves warnings and results and drops notes", async () => {
  const { host, work } = working((context) => {
    context.note("a note");
    context.warn("a warning", "a cure");
    context.stdout.line("result");
    return Promise.resolve(EXIT_CODES.ok);
  });
  await work("--quiet");
  assert.equal(host.err(), "warning: a warning\nhint: a cure\n");
  assert.equal(host.out(), "result\n");
});

Deno.test("every exit code is documented", async () => {
  const host = fakeHost();
  assert.equal(await run(["help", "exit-codes"], host), 0);
  for (const code of Object.values(EXIT_CODES)) {
    assert.match(host.out(), new RegExp(`^  ${code} +[A-Z]`, "m"));
  }
});

Deno.test("every command declares itself as the list has it, with examples, and its options say what they are", async () => {
  for (const entry of COMMANDS) {
    const command = (await entry.load())(new Shell(fakeHost()));
    assert.equal(command.name(), entry.name);
    assert.equal(command.summary(), entry.summary);
    for (const each of [command, ...command.commands]) {
      for (const option of each.options) {
        assert.notEqual(option.description, "", `${each.name()} ${option.flags}`);
      }
    }
    const host = fakeHost();
    assert.equal(await run([entry.name, "--help"], host), 0);
    assert.match(host.out(), /\nExamples:\n {2}# /, entry.name);
    const man = fakeHost();
    assert.equal(await run(["help", "--man", entry.name], man), 0);
    assert.match(man.out(), /^\.TH /);
  }
  for (const topic of TOPICS) assert.equal(await run(["help", topic.name], fakeHost()), 0);
});

/** Lets the command line come to where the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.fail("never came to it");
}
