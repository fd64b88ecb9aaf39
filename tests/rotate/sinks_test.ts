import assert from "node:assert/strict";
import { QuerycopError, UsageError } from "../../src/base/errors.ts";
import { createContext } from "../../src/cli/context.ts";
import { makeSinks } from "../../src/commands/rotate/world.ts";
import { Secret } from "../../src/base/secret.ts";
import { EnvFileSink } from "../../src/rotate/sinks/env_file.ts";
import { maskSecrets } from "../../src/rotate/sinks/mask.ts";
import { parseHook, parseSink } from "../../src/rotate/sinks/parse.ts";
import { type Pair, pairDocument } from "../../src/rotate/sinks/sink.ts";
import { TerminalSink } from "../../src/rotate/sinks/terminal.ts";
import { fakeHost } from "../support/fake_host.ts";

const SECRET = "pscale_pw_a/b+c";
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
  replaces: ["old_user"],
};
const NAMES = { username: "DATABASE_USERNAME", password: "DATABASE_PASSWORD" };

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-sink-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file of variables ends up whole, with its mode and what else it held; one that is made is for its owner alone", () =>
  inFolder(async (folder) => {
    const path = `${folder}/app.env`;
    await Deno.writeTextFile(path, "PORT=1\nDATABASE_USERNAME=old\nDATABASE_PASSWORD=old\n", { mode: 0o640 });
    await Deno.chmod(path, 0o640);
    // What an earlier process left behind when it was killed between writing and renaming.
    await Deno.writeTextFile(`${path}.0123abcd.tmp`, "DATABASE_PASSWORD=lost\n");
    const sink = new EnvFileSink({ path, names: NAMES });
    await sink.check();
    await sink.deliver(PAIR);
    assert.equal(
      await Deno.readTextFile(path),
      `PORT=1\nDATABASE_USERNAME=new_user\nDATABASE_PASSWORD=${SECRET}\n`,
    );
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o640);
    await new EnvFileSink({ path: `${folder}/made.env`, names: NAMES }).deliver(PAIR);
    assert.equal(((await Deno.stat(`${folder}/made.env`)).mode ?? 0) & 0o777, 0o600);
    await Deno.remove(`${folder}/made.env`);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["app.env"]);
    assert.equal((await sink.recall("new_user"))?.reveal(), SECRET);
    assert.equal(await sink.recall("old"), undefined);
  }));

Deno.test("lines that keep the old username, and a username of somebody else that is replaced, are named", () =>
  inFolder(async (folder) => {
    const path = `${folder}/app.env`;
    const sink = new EnvFileSink({ path, names: NAMES });
    assert.deepEqual(await sink.remarks("old_user"), []);
    await Deno.writeTextFile(
      path,
      "DATABASE_USERNAME=old_user\nDATABASE_URL=mysql://old_user:x@db/shop\nJDBC=jdbc:mysql://db/shop?user=old_user\n",
    );
    assert.deepEqual(await sink.remarks("old_user"), [
      `Line 3 of ${path} has the old username too, and rotate does not change it`,
    ]);
    await Deno.writeTextFile(path, "DATABASE_USERNAME=somebody\n");
    assert.deepEqual(await sink.remarks("old_user"), [
      `Line 1 of ${path} sets DATABASE_USERNAME to another username, which rotate replaces`,
    ]);
  }));

Deno.test("behind a link the file is replaced and the link stays", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/real`);
    await Deno.writeTextFile(`${folder}/real/env`, "");
    await Deno.symlink(`${folder}/real/env`, `${folder}/link`);
    await new EnvFileSink({ path: `${folder}/link`, names: NAMES }).deliver(PAIR);
    assert.ok((await Deno.lstat(`${folder}/link`)).isSymlink);
    assert.match(await Deno.readTextFile(`${folder}/real/env`), /DATABASE_USERNAME=new_user/);
  }));

Deno.test("a file that cannot be written is refused before anything is made", () =>
  inFolder(async (folder) => {
    for (const path of [`${folder}/nowhere/app.env`, folder]) {
      await assert.rejects(new EnvFileSink({ path, names: NAMES }).check(), UsageError, path);
      await assert.rejects(
        new EnvFileSink({ path, names: NAMES }).deliver(PAIR),
        (error) => error instanceof QuerycopError && error.code === "step.deliver",
      );
    }
  }));

Deno.test("a terminal shows the pair once and wants to hear that it is stored", async () => {
  const shown: string[] = [];
  const sink = (available: boolean, confirmed: boolean) =>
    new TerminalSink({
      available,
      show: (lines) => shown.push(...lines),
      confirm: () => Promise.resolve(confirmed),
    });
  await assert.rejects(sink(false, true).check(), UsageError);
  await sink(true, true).deliver(PAIR, new AbortController().signal);
  assert.equal(shown.filter((line) => line.includes(SECRET)).length, 1);
  await assert.rejects(sink(true, false).deliver(PAIR, new AbortController().signal), /not confirmed/);
});

Deno.test("a slip in typing the word is asked about again, and the pair is shown once, with its host", async () => {
  const host = fakeHost({ terminal: ["stdin", "stderr"], typed: "sotred\nstored\n" });
  const { context } = createContext(host, {
    format: "text",
    quiet: false,
    verbose: false,
    input: true,
    color: "never",
  });
  const settings = {
    sinks: ["terminal"],
    readBack: [null],
    envNames: { ...NAMES, url: null },
    onRecycle: [],
    querycops: [],
    through: [],
    quietMs: 1000,
  };
  const [sink] = makeSinks({ settings, context });
  await sink?.deliver(PAIR, new AbortController().signal, () => Promise.resolve());
  assert.equal(host.err().match(/Type stored to confirm: /g)?.length, 2);
  assert.match(host.err(), /\n {2}username {2}new_user\n {2}password {2}.*\n {2}host {6}db\.example\n/);
  assert.equal(host.err().split(SECRET).length, 2);
});

Deno.test("a file with a second hard link is refused with what to do, and stays as it is", () =>
  inFolder(async (folder) => {
    const path = `${folder}/app.env`;
    await Deno.writeTextFile(path, "PORT=1\n");
    await Deno.link(path, `${folder}/other.env`);
    await assert.rejects(
      new EnvFileSink({ path, names: NAMES }).check(),
      (error) =>
        error instanceof UsageError &&
        error.message.endsWith("it has another hard link, which would keep the old pair") &&
        error.hint === "Name a file with one name, or make the other a symbolic link",
    );
    assert.equal(await Deno.readTextFile(path), "PORT=1\n");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["app.env", "other.env"]);
    await Deno.remove(`${folder}/other.env`);
    await new EnvFileSink({ path, names: NAMES }).check();
  }));

Deno.test("secrets are masked in every form that programs print them in", () => {
  const secret = new Secret('a"b/c d');
  const forms = ['a"b/c d', 'a\\"b/c d', "a%22b%2Fc%20d", btoa('a"b/c d'), "YSJiL2MgZA"];
  for (const form of forms) {
    const masked = maskSecrets(`before ${form} after`, [secret]);
    assert.match(masked, /^before \*\*\*=* after$/, form);
  }
  assert.equal(maskSecrets("nothing here", [secret, new Secret("")]), "nothing here");
});

Deno.test("sinks and hooks are read from what is written, and nothing else is taken", () => {
  assert.deepEqual(parseSink("env-file:/a:b"), { kind: "env-file", path: "/a:b" });
  assert.deepEqual(parseSink("exec:vault kv put x=-"), { kind: "exec", command: "vault kv put x=-" });
  assert.deepEqual(parseSink("json:-"), { kind: "json" });
  assert.deepEqual(parseSink("terminal"), { kind: "terminal" });
  for (const text of ["", "env-file:", "exec: ", "json:file", "stdout", "file:/x", "/etc/env"]) {
    assert.throws(() => parseSink(text), UsageError, text);
  }
  assert.equal(parseHook("exec:restart now"), "restart now");
  assert.throws(() => parseHook("restart now"), UsageError);
});

Deno.test("the pair is one line of JSON, and a pair that is printed otherwise keeps its secret", () => {
  const document = pairDocument(PAIR);
  assert.ok(!document.includes("\n"));
  assert.equal(JSON.parse(document).password, SECRET);
  assert.ok(!JSON.stringify(PAIR).includes(SECRET));
  assert.ok(!Deno.inspect(PAIR).includes(SECRET));
});

Deno.test("a file in which the old username still counts, in whatever form, does not hold the new pair", () =>
  inFolder(async (folder) => {
    const path = `${folder}/app.env`;
    const sink = new EnvFileSink({ path, names: NAMES });
    for (
      const old of [
        "SPRING_DATASOURCE_URL=jdbc:mysql://h/shop?user=old_user&password=old",
        "DB_USER=old_user\nDB_PASS=old",
        "DATABASE_URL=mysql://old_user:%%@h/shop",
      ]
    ) {
      await Deno.writeTextFile(path, `${old}\nDATABASE_USERNAME=new_user\nDATABASE_PASSWORD=${SECRET}\n`);
      assert.equal(await sink.recall("new_user", ["old_user"]), undefined, old);
      await Deno.writeTextFile(
        path,
        `# was old_user\nDATABASE_USERNAME=new_user\nDATABASE_PASSWORD=${SECRET}\n`,
      );
      assert.equal((await sink.recall("new_user", ["old_user"]))?.reveal(), SECRET);
    }
  }));
