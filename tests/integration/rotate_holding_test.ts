/** The new pair is seen where applications read it before anything is deleted, in real files with real owners. */
import assert from "node:assert/strict";
import { benchServer, rotationBench } from "../support/rotation_bench.ts";
import { run, runOrThrow } from "../support/process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** POSIX access list of a file: the owner reads and writes, user 33 reads, the group reads. */
const SET_ACL = `import os, struct, sys
entries = [(1, 6, 0xffffffff), (2, 4, 33), (4, 4, 0xffffffff), (16, 4, 0xffffffff), (32, 0, 0xffffffff)]
os.setxattr(sys.argv[1], "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))`;
const GET_ACL = `import os, sys
print(os.getxattr(sys.argv[1], "system.posix_acl_access").hex())`;

Deno.test("an env-file keeps its owner, mode, access list, link and other bytes, and its connection string is written", async () => {
  await using server = await benchServer();
  await using bench = await rotationBench({}, server);
  const { old } = bench;
  const real = `${bench.folder}/sink/real.env`;
  const text = `NAME=caf\xe9 # Latin-1\r\nDATABASE_URL='mysql://${old.username}:${
    encodeURIComponent(old.plainText)
  }@h/shop?ssl={"rejectUnauthorized":true}' # the shop\r\n`;
  await Deno.writeFile(real, Uint8Array.from(text, (each) => each.charCodeAt(0)));
  const root = Deno.uid() === 0;
  if (root) await Deno.chown(real, 1000, 1001);
  await Deno.chmod(real, 0o640);
  await runOrThrow(["python3", "-c", SET_ACL, real]);
  const acl = await runOrThrow(["python3", "-c", GET_ACL, real]);
  const before = await Deno.stat(real);
  await Deno.symlink(real, bench.envFile);
  const done = await bench.run(bench.rotateArgs("--yes", "--to", `env-file:${bench.envFile}`));
  assert.equal(done.code, 0, done.stderr);
  const after = await Deno.stat(real);
  assert.deepEqual([after.uid, after.gid, after.mode], [before.uid, before.gid, before.mode]);
  assert.equal(await runOrThrow(["python3", "-c", GET_ACL, real]), acl);
  assert.ok((await Deno.lstat(bench.envFile)).isSymlink);
  const written = Array.from(await Deno.readFile(real), (byte) => String.fromCharCode(byte)).join("");
  const [made] = bench.api.model.passwords;
  assert.ok(made !== undefined);
  const pair = (username: string, password: string) => `${username}:${encodeURIComponent(password)}`;
  assert.equal(
    written,
    text.replace(pair(old.username, old.plainText), pair(made.username, made.plainText)),
  );
});

Deno.test("a file that is a mount of its own is refused before anything is made", async () => {
  const folder = await Deno.makeTempDir({ prefix: "querycop-mount-" });
  try {
    const path = `${folder}/app.env`;
    await Deno.writeTextFile(path, "A=1\n");
    const script = `import { EnvFileSink } from "${ROOT}src/rotate/sinks/env_file.ts";
const names = { username: "U", password: "P" };
try { await new EnvFileSink({ path: "${path}", names }).check(); console.log("taken"); }
catch (error) { console.log(error.message); }`;
    await Deno.writeTextFile(`${folder}/check.ts`, script);
    const deno = [Deno.execPath(), "run", "--no-check", "--allow-all", "--config", `${ROOT}deno.json`];
    const check = [...deno, `${folder}/check.ts`];
    assert.equal((await runOrThrow(check)).trim(), "taken");
    const mounted = await run([
      "unshare",
      "--mount",
      ...(Deno.uid() === 0 ? [] : ["--map-root-user"]),
      "sh",
      "-c",
      `mount --bind "${path}" "${path}" && exec "$@"`,
      "sh",
      ...check,
    ]);
    assert.match(mounted.stdout, /it is a mount of its own, so it cannot be replaced/, mounted.stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a sink that is emptied while applications move over keeps the old password, and each dead end has a way on", async () => {
  await using server = await benchServer();
  await using bench = await rotationBench({}, server);
  const to = ["--to", `env-file:${bench.envFile}`];
  const emptied = await bench.run(
    bench.rotateArgs("--yes", ...to, "--on-recycle", `exec:: > ${bench.envFile}`),
  );
  assert.equal(emptied.code, 6, emptied.stderr);
  assert.match(emptied.stderr, /does not hold the new pair any more; nothing was deleted/);
  assert.ok(bench.api.model.passwords.includes(bench.old));
  const mistyped = await bench.run([
    "rotate",
    "resume",
    "--yes",
    "--poll",
    "50ms",
    "--on-recycle",
    "exec:no-such-command",
  ]);
  assert.equal(mistyped.code, 1, mistyped.stderr);
  await Deno.writeTextFile(`${bench.dataDir}/rotate/x.json`, "{}");
  const status = await bench.run(["rotate", "status", "--format", "markdown"]);
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, /^\| run \| started \| branch \| where \| standing \|\n\| --- /);
  assert.match(status.stderr, /x\.json is not named as a rotation's file is/);
  const done = await bench.run(["rotate", "resume", "--yes", "--poll", "50ms", "--on-recycle", "exec:true"]);
  assert.equal(done.code, 0, done.stderr);
  const held = await bench.held();
  assert.ok(held !== undefined && await bench.logsIn(held));
  assert.ok(!bench.api.model.passwords.includes(bench.old));
});

Deno.test("a store is read back with --read-back, and what it no longer holds is not deleted for", async () => {
  await using server = await benchServer();
  await using bench = await rotationBench({}, server);
  const store = `${bench.folder}/store`;
  const sinks = ["--to", `exec:cat > ${store}`, "--read-back", `exec:cat ${store}`];
  await Deno.writeTextFile(store, "");
  const reverted = await bench.run(
    bench.rotateArgs(
      "--yes",
      ...sinks,
      "--on-recycle",
      `exec:echo '{"username":"x","password":"y"}' > ${store}`,
    ),
  );
  assert.equal(reverted.code, 6, reverted.stderr);
  assert.ok(bench.api.model.passwords.includes(bench.old));
  const forced = await bench.run(["rotate", "abort", "--force"]);
  assert.equal(forced.code, 0, forced.stderr);
  assert.match(forced.stderr, /The old password .* stays\n(.|\n)*The password .* stays/);
  const again = await bench.run(bench.rotateArgs("--yes", ...sinks));
  assert.equal(again.code, 0, again.stderr);
  const held = JSON.parse(await Deno.readTextFile(store));
  assert.ok(await bench.logsIn(held));
});
