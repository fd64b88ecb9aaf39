/** The executable as a service: starts, starts itself again for workers, ends on signals, says why when it cannot. */
import assert from "node:assert/strict";
import { binary } from "../support/binary.ts";

/** `serve` in a process group of its own, with its log lines as they come. */
async function withServe(
  args: readonly string[],
  body: (serve: {
    readonly logged: (pattern: RegExp, times?: number) => Promise<readonly string[]>;
    readonly signalGroup: (signal: string) => Promise<void>;
    readonly signal: (signal: Deno.Signal) => void;
    readonly pids: () => Promise<readonly number[]>;
    readonly ended: () => Promise<number>;
  }) => Promise<void>,
): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "querycop-serve-" });
  const child = new Deno.Command("setsid", {
    args: [
      "--wait",
      "sh",
      "-c",
      'echo $$ >&2; exec "$@"',
      "sh",
      await binary(),
      "--backend-host=127.0.0.1",
      "--backend-port=1",
      "--listen-port=0",
      "--api-port=0",
      "--log-format=json",
      `--data-dir=${data}`,
      ...args,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const reading = (async () => {
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) log += chunk;
  })();
  const logged = async (pattern: RegExp, times = 1) => {
    for (let waited = 0; waited < 20_000; waited += 20) {
      const lines = log.split("\n").filter((line) => pattern.test(line));
      if (lines.length >= times) return lines;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return assert.fail(`no ${pattern} in: ${log}`);
  };
  const group = Number((await logged(/^\d+$/))[0]);
  const pids = async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "-s", String(group)] }).output();
    return new TextDecoder().decode(stdout).split("\n").map(Number).filter((pid) => pid > 0);
  };
  try {
    await body({
      logged,
      signal: (signal) => Deno.kill(group, signal),
      signalGroup: async (signal) => {
        await new Deno.Command("kill", { args: [`-${signal}`, "--", `-${group}`] }).output();
      },
      pids,
      ended: async () => (await child.status).code,
    });
  } finally {
    for (const pid of await pids()) Deno.kill(pid, "SIGKILL");
    await child.status;
    await reading;
    await Deno.remove(data, { recursive: true });
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`bare querycop serves until ${signal}, and then ends with 0`, async () => {
    await withServe([], async ({ logged, signal: send, ended }) => {
      await logged(/"message":"listening"/);
      send(signal);
      assert.equal(await ended(), 0);
    });
  });
}

Deno.test("workers are the same executable, share one port, and end with their head when Ctrl-C reaches them all", async () => {
  await withServe(["--workers=2"], async ({ logged, signalGroup, pids, ended }) => {
    const lines = (await logged(/"message":"listening"/, 3)).map((line) =>
      JSON.parse(line) as { address: string }
    );
    assert.equal(new Set(lines.map((line) => line.address)).size, 1, JSON.stringify(lines));
    assert.equal((await pids()).length, 3);
    await signalGroup("INT");
    assert.equal(await ended(), 0);
    assert.deepEqual(await pids(), []);
  });
});

Deno.test("workers do not outlive a head that was killed", async () => {
  await withServe(["--workers=2"], async ({ logged, signal, pids, ended }) => {
    await logged(/"message":"listening"/, 3);
    signal("SIGKILL");
    await ended();
    for (let i = 0; i < 500 && (await pids()).length > 0; i++) await new Promise((r) => setTimeout(r, 20));
    assert.deepEqual(await pids(), []);
  });
});

Deno.test("a repeated signal ends head and workers at once", async () => {
  await withServe(["--workers=2", "--drain-timeout=60s"], async ({ logged, signal, pids, ended }) => {
    await logged(/"message":"listening"/, 3);
    signal("SIGTERM");
    signal("SIGTERM");
    // Either it was quick enough to drain, having nothing to wait for, or it was ended; nothing stays behind.
    assert.ok([0, 143].includes(await ended()));
    for (let i = 0; i < 100 && (await pids()).length > 0; i++) await new Promise((r) => setTimeout(r, 20));
    assert.deepEqual(await pids(), []);
  });
});

Deno.test("a port that is taken is said in two lines, not as a defect", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { code, stderr } = await new Deno.Command(await binary(), {
    args: ["--backend-host=127.0.0.1", "--backend-port=1", `--listen-port=${port}`, "--api-port=0"],
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.match(text, new RegExp(`^error: .*${port}.*\nhint: .*\n$`));
  assert.equal(code, 3);
});

Deno.test("a reader of the log that goes away does not end the service", async () => {
  const data = await Deno.makeTempDir({ prefix: "querycop-serve-" });
  try {
    const child = new Deno.Command(await binary(), {
      args: [
        "--backend-host=127.0.0.1",
        "--backend-port=1",
        "--listen-port=0",
        "--api-port=0",
        `--data-dir=${data}`,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const reader = child.stderr.getReader();
    await reader.read();
    await reader.cancel();
    child.kill("SIGTERM"); // Which it logs, twice.
    assert.equal((await child.status).code, 0);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
