/** Ctrl-C and SIGTERM in a rotation: it ends at once, says how things stand, and nothing is lost. */
import assert from "node:assert/strict";
import { benchServer, type RotationBench, rotationBench } from "../support/rotation_bench.ts";

const INTERRUPT = "\x03";

async function afterwards(bench: RotationBench, step: string): Promise<void> {
  const status = await bench.run(["rotate", "status", "--format", "json"]);
  const [run] = JSON.parse(status.stdout).runs;
  assert.deepEqual([run.outcome, run.step, run.active], ["running", step, false]);
  assert.match(run.stopped.message, /Stopped by SIG/);
  const { username, plainText: password } = bench.old;
  assert.equal(await bench.logsIn({ username, password }), true);
  await Deno.writeTextFile(`${bench.folder}/old`, password, { mode: 0o600 });
  const back = await bench.run(["rotate", "abort", "--yes", "--old-password-file", `${bench.folder}/old`]);
  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual(bench.api.model.passwords.map(({ id }) => id), [bench.old.id]);
  // What had the new pair has the old one again.
  if (step === "recycle") assert.deepEqual(await bench.held(), { username, password });
}

/** Waits until a file is there. */
async function appears(path: string): Promise<void> {
  for (let left = 600; left > 0; left--) {
    if (await Deno.stat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never appeared`);
}

Deno.test("an interrupted rotation ends with 130 or 143, both passwords work, and it can be taken back", async () => {
  await using server = await benchServer();
  const waits = ["--quiet-for", "10m"];
  for (
    const { signal, code, step, more } of [
      {
        signal: "SIGINT",
        code: 130,
        step: "recycle",
        more: [...waits, "--on-recycle", "exec:touch reached"],
      },
      {
        signal: "SIGTERM",
        code: 143,
        step: "recycle",
        more: [...waits, "--on-recycle", "exec:touch reached"],
      },
      {
        signal: "SIGINT",
        code: 130,
        step: "deliver",
        more: ["--to", "exec:test -e reached || { touch reached; exec sleep 600; }"],
      },
    ] as const
  ) {
    await using bench = await rotationBench({}, server);
    const sink = step === "deliver" ? [] : ["--to", `env-file:${bench.envFile}`];
    const { child, result } = await bench.start(bench.rotateArgs("--yes", ...sink, ...more));
    await appears(`${bench.folder}/reached`);
    child.kill(signal);
    const ended = await result;
    assert.equal(ended.code, code, ended.stderr);
    assert.equal(ended.stdout, "");
    assert.match(ended.stderr, new RegExp(`stopped at ${step}\\. The old password works as before`));
    assert.match(ended.stderr, /Go on: querycop rotate resume [a-z0-9]{8}; take it back:/);
    await afterwards(bench, step);
  }
});

Deno.test("Ctrl-C is heard while a question is open", async () => {
  await using server = await benchServer();
  await using bench = await rotationBench({}, server);
  {
    await using dialogue = await bench.talk(bench.rotateArgs());
    await dialogue.until(/Type stored to confirm/);
    await dialogue.type(INTERRUPT);
    assert.equal(await dialogue.ended(), 130, dialogue.shown);
  }
  await afterwards(bench, "deliver");
});
