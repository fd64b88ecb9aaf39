/** Whole rotations: a real MySQL, a querycop before it, an application that goes on working, PlanetScale's API. */
import assert from "node:assert/strict";
import { Application } from "../support/application.ts";
import { ROTATING_TOKEN } from "../support/planetscale_api.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { benchServer, type HeldPair, type RotationBench, rotationBench } from "../support/rotation_bench.ts";

const LAG_MS = 800;

/** Everything of a rotation with an application that has the old pair. */
class Scene implements AsyncDisposable {
  readonly bench: RotationBench;
  readonly proxy: Querycop;
  readonly application: Application;
  readonly #server: AsyncDisposable;

  private constructor(server: AsyncDisposable, bench: RotationBench, proxy: Querycop) {
    this.#server = server;
    this.bench = bench;
    this.proxy = proxy;
    this.application = new Application(proxy.port, this.oldPair);
  }

  static async set(): Promise<Scene> {
    const server = await benchServer("mysql");
    const bench = await rotationBench({ deleteLagMs: LAG_MS }, server);
    const proxy = await startQuerycop({ backend: { port: server.port }, env: bench.backendEnv });
    const scene = new Scene(server, bench, proxy);
    await scene.application.works(bench.old.username);
    return scene;
  }

  get oldPair(): HeldPair {
    return { username: this.bench.old.username, password: this.bench.old.plainText };
  }

  /** `--querycop` and `--through` of the proxy. */
  get watched(): readonly string[] {
    return [
      "--querycop",
      `http://127.0.0.1:${this.proxy.apiPort}`,
      "--through",
      `127.0.0.1:${this.proxy.port}`,
    ];
  }

  /** What has to hold once the old password is gone. */
  async check(now: HeldPair): Promise<void> {
    const { bench, proxy, application } = this;
    assert.deepEqual(bench.api.model.passwords.map(({ username }) => username), [now.username]);
    assert.deepEqual(bench.api.model.deleted.map(({ id }) => id), [bench.old.id]);
    const ways = [undefined, proxy.port];
    assert.deepEqual(await Promise.all(ways.map((port) => bench.logsIn(this.oldPair, port))), [false, false]);
    assert.deepEqual(await Promise.all(ways.map((port) => bench.logsIn(now, port))), [true, true]);
    await application.works(now.username);
    assert.deepEqual(application.failures, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.application[Symbol.asyncDispose]();
    await this.proxy.stop();
    await this.bench[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

/** Waits until a file is there. */
async function appears(path: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (await Deno.stat(path).catch(() => undefined) === undefined) {
    if (Date.now() > deadline) throw new Error(`${path} never appeared`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test("unattended: the application is moved over by the hook, loses no query, and the secret is in its sinks alone", async () => {
  await using scene = await Scene.set();
  const { bench, application } = scene;
  const { folder } = bench;
  // The application's file holds the old pair, so that its refusal can be seen.
  const { username, password } = scene.oldPair;
  await Deno.writeTextFile(
    bench.envFile,
    `# database\nDATABASE_USERNAME=${username}\nDATABASE_PASSWORD=${password}\nOTHER=1\n`,
    { mode: 0o600 },
  );
  await Deno.writeTextFile(`${folder}/token`, ROTATING_TOKEN.secret, { mode: 0o600 });
  const show = (name: string) => `tr '\\0' '\\n' </proc/$PPID/${name} >${folder}/parent-${name}`;
  const rotation = bench.run(
    bench.rotateArgs(
      "--yes",
      "--verbose",
      "--format=json",
      ...scene.watched,
      ...["--to", `env-file:${bench.envFile}`],
      ...[
        "--to",
        `exec:env >${folder}/sink-env; tr '\\0' ' ' </proc/$$/cmdline >${folder}/sink-args; cat >sink/pair`,
      ],
      ...["--on-recycle", `exec:${show("environ")}; ${show("cmdline")}; cat >${folder}/recycle`],
    ),
    { env: { PLANETSCALE_SERVICE_TOKEN: undefined, PLANETSCALE_SERVICE_TOKEN_FILE: `${folder}/token` } },
  );
  const moved = (async () => {
    await appears(`${folder}/recycle`);
    // For a while it goes on as it was, which is seen.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const pair = await bench.held();
    assert.ok(pair !== undefined);
    await application.move(pair);
    return pair;
  })();
  const [{ code, stdout, stderr }, now] = await Promise.all([rotation, moved]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`Still in use: .*${username} from 127\\.0\\.0\\.1:\\d+, connected for`));
  await scene.check(now);

  const report = JSON.parse(stdout);
  assert.deepEqual(
    [
      report.schema,
      report.outcome,
      report.old.username,
      report.old.refused,
      report.new.username,
      report.token_id,
    ],
    ["querycop.rotation/1", "done", username, "yes", now.username, ROTATING_TOKEN.id],
  );
  assert.match(
    await Deno.readTextFile(bench.envFile),
    /^# database\nDATABASE_USERNAME=.*\nDATABASE_PASSWORD=.*\nOTHER=1\n$/,
  );
  assert.equal((await Deno.stat(bench.envFile)).mode! & 0o777, 0o600);
  const pair = JSON.parse(await Deno.readTextFile(`${folder}/sink/pair`));
  assert.deepEqual({ username: pair.username, password: pair.password }, now);
  const hook = JSON.parse(await Deno.readTextFile(`${folder}/recycle`));
  assert.deepEqual([hook.old_username, hook.new_username], [username, now.username]);

  const texts = new Map([...await bench.filesWithText(), ["stdout", stdout], ["stderr", stderr]]);
  texts.set("serve's log", await scene.proxy.log());
  for (const name of ["sink-env", "sink-args", "parent-environ", "parent-cmdline"]) {
    assert.ok((texts.get(name) ?? "").length > 10, name);
  }
  for (const [path, text] of texts) {
    if (path === "sink/app.env" || path === "sink/pair" || path === "token") continue;
    for (const secret of bench.api.model.secrets) assert.ok(!text.includes(secret), `a secret in ${path}`);
  }
});

Deno.test("by hand: the pair is shown once, the person moves the application over and types what is to be deleted", async () => {
  await using scene = await Scene.set();
  const { bench, application } = scene;
  await using dialogue = await bench.talk(bench.rotateArgs(...scene.watched));
  const [, username = ""] = await dialogue.until(/username +(\S+)\r?\n/);
  const [, password = ""] = await dialogue.until(/password +(\S+)\r?\n/);
  await dialogue.until(/stored/);
  await dialogue.type("stored");
  await dialogue.until(/5\/7 recycle/);
  await dialogue.until(new RegExp(`${bench.old.username} from 127\\.0\\.0\\.1`));
  await application.move({ username, password });
  await dialogue.until(/This deletes /);
  assert.equal(bench.api.model.deleted.length, 0);
  await dialogue.type(`shop/main/${bench.old.id}`);
  await dialogue.until(/done/);
  assert.equal(await dialogue.ended(), 0, dialogue.shown);
  assert.equal(dialogue.shown.split(password).length, 2, "the secret is shown once");
  const deadline = Date.now() + 30_000;
  // Nobody knew the old password, so that its refusal was not waited for.
  while (await bench.logsIn(scene.oldPair)) assert.ok(Date.now() < deadline);
  await scene.check({ username, password });
});

Deno.test("while the old username is in use nothing is deleted: by a session, by statements past querycop, after the quiet time", async () => {
  await using scene = await Scene.set();
  const { bench, application, proxy } = scene;
  const old = bench.old.username;
  const to = ["--to", `env-file:${bench.envFile}`];

  const watched = await bench.run(bench.rotateArgs("--yes", ...to, ...scene.watched, "--wait", "1s"));
  assert.equal(watched.code, 1, watched.stderr);
  assert.match(
    watched.stderr,
    new RegExp(`error: The old password is still in use after 1s: .*${old} from 127`),
  );

  // Seen by the API alone: whoever does not pass by the querycop that is watched.
  const [run] = JSON.parse((await bench.run(["rotate", "status", "--format=json"])).stdout).runs;
  assert.deepEqual([run.outcome, run.step], ["running", "recycle"]);
  const state = JSON.parse(await Deno.readTextFile(`${bench.dataDir}/rotate/${run.run}.json`));
  state.settings.querycops = [];
  await Deno.writeTextFile(`${bench.dataDir}/rotate/${run.run}.json`, JSON.stringify(state));
  const unwatched = await bench.run(["rotate", "resume", "--yes", "--poll", "150ms", "--wait", "1s"]);
  assert.equal(unwatched.code, 1, unwatched.stderr);
  assert.match(unwatched.stderr, new RegExp(`still in use after 1s: ${old} ran a statement at 20`));

  // A second rotation of the branch is refused, whether the first runs or not.
  const second = await bench.run(bench.rotateArgs("--yes", ...to));
  assert.equal(second.code, 6);
  assert.match(second.stderr, new RegExp(`hint: Go on with querycop rotate resume ${run.run}`));
  const first = await bench.start(["rotate", "resume", "--yes", "--poll", "50ms", "--wait", "30s"]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (
    const args of [bench.rotateArgs("--yes", ...to), ["rotate", "resume", "--yes"], [
      "rotate",
      "abort",
      "--yes",
    ]]
  ) {
    const { code, stderr } = await bench.run(args);
    assert.equal(code, 6, stderr);
    assert.match(stderr, /error: Another rotation of acme\/shop\/main is under way/);
  }
  first.child.kill("SIGKILL");
  await first.result;

  // Once the application has moved the quiet time passes; a use between that and the confirmation counts again.
  const pair = await bench.held();
  assert.ok(pair !== undefined);
  await application.move(pair);
  {
    await using dialogue = await bench.talk(["rotate", "resume", "--poll", "50ms"]);
    await dialogue.until(/This deletes /);
    assert.equal(await bench.logsIn(scene.oldPair), true);
    await dialogue.type(`shop/main/${bench.old.id}`);
    await dialogue.until(/error: The old password was used after its quiet period/);
    assert.equal(await dialogue.ended(), 6, dialogue.shown);
  }
  {
    await using dialogue = await bench.talk(["rotate", "resume", "--poll", "50ms"]);
    await dialogue.until(/This deletes /);
    await dialogue.type("yes");
    assert.notEqual(await dialogue.ended(), 0, dialogue.shown);
  }
  assert.ok(!bench.api.calls.some((call) => call.startsWith("DELETE")));

  await Deno.writeTextFile(`${bench.folder}/old`, bench.old.plainText, { mode: 0o600 });
  const last = ["rotate", "resume", "--yes", "--poll", "50ms", "--old-password-file", `${bench.folder}/old`];
  const done = await bench.run(last);
  assert.equal(done.code, 0, done.stderr);
  await scene.check(pair);
  assert.equal(proxy.status, undefined);
});

Deno.test("abort deletes the new password while nobody uses it, and nothing once somebody does", async () => {
  await using scene = await Scene.set();
  const { bench, application } = scene;
  const begin = bench.rotateArgs(
    "--yes",
    "--to",
    `env-file:${bench.envFile}`,
    ...scene.watched,
    "--wait",
    "0s",
  );
  assert.equal((await bench.run(begin)).code, 1);
  const taken = await bench.held();
  assert.ok(taken !== undefined);
  const back = await bench.run(["rotate", "abort", "--yes"]);
  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual(bench.api.model.passwords.map(({ id }) => id), [bench.old.id]);
  await application.works(bench.old.username);

  assert.equal((await bench.run(begin)).code, 1);
  const pair = await bench.held();
  assert.ok(pair !== undefined && pair.username !== taken.username);
  await application.move(pair);
  await application.works(pair.username);
  const refused = await bench.run(["rotate", "abort", "--yes"]);
  assert.equal(refused.code, 6, refused.stderr);
  assert.match(refused.stderr, new RegExp(`error: The new password is in use: .*${pair.username}`));
  assert.equal(bench.api.model.passwords.length, 2);
  const done = await bench.run(["rotate", "resume", "--yes", "--poll", "50ms"]);
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(application.failures, []);
});
