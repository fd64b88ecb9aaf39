/** Rotations killed with SIGKILL at one point or another, gone on with, and looked at afterwards. */
import assert from "node:assert/strict";
import { type RotationBench, rotationBench } from "./rotation_bench.ts";
import type { TestServer } from "./servers.ts";

/** Where a walk keeps its pair: an env-file, or what cannot be read back. */
export type Sink = "file" | "program";

const AT_ONCE = 2;
/** Past the last point. */
const NEVER = 1000;

/** One rotation that is killed at a point, or never. */
export class Walk implements AsyncDisposable {
  readonly bench: RotationBench;
  readonly #common: readonly string[];
  readonly #args: readonly string[];
  /** What the sink held that did not work when the old password was deleted. */
  readonly #early: string[] = [];

  private constructor(bench: RotationBench, to: string) {
    const old = `${bench.folder}/old`;
    Deno.writeTextFileSync(old, bench.old.plainText, { mode: 0o600 });
    this.bench = bench;
    this.#common = ["--yes", "--poll", "25ms", "--old-password-file", old];
    const rest = ["--quiet-for", "50ms", "--to", to, "--on-recycle", "exec:true"];
    this.#args = bench.rotateArgs(...this.#common, ...rest);
    bench.api.fail({
      method: "DELETE",
      path: new RegExp(`/passwords/${bench.old.id}$`),
      times: Infinity,
      when: "before",
      then: async () => {
        const held = await bench.held();
        const there = bench.api.model.passwords.some(({ username }) => username === held?.username);
        if (held === undefined || !there || !await bench.logsIn(held)) this.#early.push(`${held?.username}`);
      },
    });
  }

  static async prepare(server: TestServer, sink: Sink): Promise<Walk> {
    const bench = await rotationBench({}, server);
    return new Walk(bench, sink === "file" ? `env-file:${bench.envFile}` : `exec:${await program(bench)}`);
  }

  /** Runs until the kill. Resolves to the names of the points that were passed. */
  async run(killAt: number): Promise<readonly string[]> {
    const { code, stderr } = await this.bench.run(this.#args, { killAt });
    assert.equal(code, killAt === NEVER ? 0 : 137, `at ${killAt}: ${stderr}`);
    return (await Deno.readTextFile(`${this.bench.folder}/points`)).trimEnd().split("\n");
  }

  /** Whether everything is as if nobody had been there, so that there is nothing to go on with. */
  async untouched(): Promise<boolean> {
    const { api, old } = this.bench;
    const files = [...(await this.bench.filesWithText()).keys()];
    const asked = api.calls.every((call) => call.startsWith("GET "));
    const kept = api.model.passwords.includes(old) && files.every((path) => !/^sink|\.json$/.test(path));
    return asked && kept;
  }

  /** Goes on as an operator would: with what is unfinished, or anew where nothing was begun. */
  async goOn(where: string): Promise<void> {
    const args = await this.#next();
    if (args === undefined) return;
    const { code, stdout, stderr } = await this.bench.run(args);
    assert.equal(code, 0, `${where}, gone on:\n${stdout}${stderr}`);
  }

  /** Goes on and is killed too, if it gets that far. Resolves to whether it was. */
  async goOnUntil(killAt: number): Promise<boolean> {
    const args = await this.#next();
    if (args === undefined) return false;
    const { code, stdout, stderr } = await this.bench.run(args, { killAt });
    assert.ok(code === 137 || code === 0, `gone on until ${killAt}: ${code}\n${stdout}${stderr}`);
    return code === 137;
  }

  /** What has to hold in the end, however it came about. */
  async check(where: string, others: readonly string[]): Promise<void> {
    const { api, old } = this.bench;
    const held = await this.bench.held();
    assert.deepEqual(
      api.model.passwords.filter(({ id }) => !others.includes(id))
        .map(({ username, plainText }) => ({ username, password: plainText })),
      [held],
      `${where}: one password is left, and the sink holds it`,
    );
    assert.ok(
      others.every((id) => api.model.passwords.some((each) => each.id === id)),
      `${where}: others stay`,
    );
    assert.ok(held !== undefined && await this.bench.logsIn(held), `${where}: it logs in`);
    const before = { username: old.username, password: old.plainText };
    assert.equal(await this.bench.logsIn(before), false, `${where}: the old one is refused`);
    assert.deepEqual(this.#early, [], `${where}: the old one was deleted while the sink's did not work`);
    assert.deepEqual(await this.#outcomes(), ["done"], where);
    for (const [path, text] of await this.bench.filesWithText()) {
      if (path === "sink/app.env" || path === "old") continue;
      for (const secret of api.model.secrets) {
        assert.ok(!text.includes(secret), `${where}: a secret in ${path}`);
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.bench[Symbol.asyncDispose]();
  }

  async #next(): Promise<readonly string[] | undefined> {
    const outcomes = await this.#outcomes();
    if (outcomes.includes("done")) return undefined;
    return outcomes.includes("running") ? ["rotate", "resume", ...this.#common] : this.#args;
  }

  async #outcomes(): Promise<readonly string[]> {
    const files = [...await this.bench.filesWithText()];
    return files.filter(([path]) => /^data\/rotate\/[a-z0-9]+\.json$/.test(path))
      .map(([, text]) => JSON.parse(text).outcome);
  }
}

/** A program that keeps the pair as an env-file, in one move; it cannot be asked for it afterwards. */
async function program(bench: RotationBench): Promise<string> {
  const path = `${bench.folder}/keep`;
  const field = (name: string) => `$(printf %s "$pair" | sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/')`;
  await Deno.writeTextFile(
    path,
    `#!/bin/sh
pair=$(cat)
umask 077
printf 'DATABASE_USERNAME=%s\\nDATABASE_PASSWORD=%s\\n' \\
  "${field("username")}" "${field("password")}" > ${bench.envFile}.new
mv ${bench.envFile}.new ${bench.envFile}
`,
    { mode: 0o755 },
  );
  return path;
}

/** Kills at each of these points, two rotations at a time. */
export async function walk(server: TestServer, sink: Sink, points: readonly number[]): Promise<void> {
  const left = [...points];
  const worker = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) {
      await using rotation = await Walk.prepare(server, sink);
      const other = await rotation.bench.api.model.add({ name: "of somebody else" });
      const passed = await rotation.run(point);
      assert.equal(passed.length, point);
      const where = `killed at ${point}, ${passed.at(-1)}`;
      if (await rotation.untouched()) continue;
      await rotation.goOn(where);
      await rotation.check(where, [other.id]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Names of all the points of a rotation that nobody kills. */
export async function pointsOf(server: TestServer, sink: Sink): Promise<readonly string[]> {
  await using rotation = await Walk.prepare(server, sink);
  const points = await rotation.run(NEVER);
  await rotation.check("not killed", []);
  return points;
}
