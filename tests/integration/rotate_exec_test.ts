/** Commands of the operator's that take a new pair, or are told to recycle: what they see, and what is shown of them. */
import assert from "node:assert/strict";
import process from "node:process";
import { QuerycopError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { ExecSink } from "../../src/rotate/sinks/exec.ts";
import { isRunning, runProgram } from "../../src/rotate/sinks/run_program.ts";
import type { Pair } from "../../src/rotate/sinks/sink.ts";

const SECRET = "pscale_pw_exec/secret+1";
const PAIR: Pair = {
  organization: "acme",
  database: "shop",
  branch: "main",
  runId: "bcdfghjk",
  id: "new1",
  name: "querycop-2026-11-22-bcdfghjk",
  username: "new_user",
  password: new Secret(SECRET),
  host: "db.example",
  replaces: [],
};

interface Delivery {
  readonly shown: readonly string[];
  readonly pids: readonly number[];
  readonly error: QuerycopError | undefined;
}

async function deliver(command: string, limitMs = 20_000): Promise<Delivery> {
  const shown: string[] = [];
  const pids: number[] = [];
  const env = { PATH: Deno.env.get("PATH") ?? "", MARK: "kept" };
  const sink = new ExecSink({ command, env, show: (output) => shown.push(output), limitMs });
  try {
    await sink.deliver(PAIR, new AbortController().signal, (pid) => {
      pids.push(pid);
      return Promise.resolve();
    });
    return { shown, pids, error: undefined };
  } catch (error) {
    assert.ok(error instanceof QuerycopError, String(error));
    return { shown, pids, error };
  }
}

Deno.test("a command gets the pair on standard input, and in no argument and no variable", async () => {
  const folder = await Deno.makeTempDir({ prefix: "querycop-exec-" });
  try {
    const { error, shown, pids } = await deliver(
      `cat > ${folder}/pair; env > ${folder}/env; tr '\\0' ' ' < /proc/$$/cmdline > ${folder}/args`,
    );
    assert.equal(error, undefined);
    assert.deepEqual(shown, []);
    assert.equal(pids.length, 1);
    const pair = JSON.parse(await Deno.readTextFile(`${folder}/pair`));
    assert.deepEqual([pair.username, pair.password, pair.schema], [
      "new_user",
      SECRET,
      "querycop.credentials/1",
    ]);
    const env = await Deno.readTextFile(`${folder}/env`);
    assert.match(env, /^MARK=kept$/m);
    assert.ok(!env.includes(SECRET) && !env.includes("new_user"));
    assert.ok(!(await Deno.readTextFile(`${folder}/args`)).includes(SECRET));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a command that fails has not confirmed, and what it says is shown without the secret", async () => {
  const { error, shown } = await deliver("cat; echo 'no room' >&2; exit 3");
  assert.equal(error?.code, "step.deliver");
  assert.equal(error.message, "The command did not confirm the pair: exit code 3");
  const text = shown.join();
  assert.match(text, /no room/);
  assert.match(text, /"password":"\*\*\*"/);
  assert.ok(!text.includes(SECRET));
  const killed = await deliver("kill -9 $$");
  assert.match(killed.error?.message ?? "", /ended by SIGKILL$/);
});

Deno.test("a command that reads nothing is judged by its exit code, and one that never ends is ended", async () => {
  assert.equal((await deliver("true")).error, undefined);
  const { error, pids: [pid = 0] } = await deliver("sleep 60; true", 300);
  assert.match(error?.message ?? "", /it did not end within/);
  await untilGone(pid);
});

Deno.test("a command that leaves another behind is not waited for longer than for itself", async () => {
  const { error, pids: [pid = 0] } = await deliver("cat > /dev/null; sleep 600 & exit 0");
  assert.equal(error, undefined);
  assert.ok(isRunning(pid));
  process.kill(-pid, "SIGKILL");
  await untilGone(pid);
});

Deno.test("an interrupt ends the command and is the reason that is given", async () => {
  const abort = new AbortController();
  const reason = new DOMException("Stopped by SIGINT", "AbortError");
  let pid = 0;
  const running = runProgram({
    command: "exec sleep 60",
    stdin: "",
    env: { PATH: Deno.env.get("PATH") ?? "" },
    secrets: [],
    signal: abort.signal,
    limitMs: 60_000,
    started: (given) => {
      pid = given;
      abort.abort(reason);
      return Promise.resolve();
    },
  });
  await assert.rejects(running, (error) => error === reason);
  await untilGone(pid);
});

/** The command and all that it started; fails by the test's limit where it stays. */
async function untilGone(pid: number): Promise<void> {
  assert.ok(pid > 0);
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}
