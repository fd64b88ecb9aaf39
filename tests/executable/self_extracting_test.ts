/** The self-extracting executable: unpacks once, whole or not at all, and is then as good as a plain one. */
import assert from "node:assert/strict";
import { binary } from "../support/binary.ts";

const dirname = (path: string) => path.replace(/\/[^/]*$/, "");

let made: Promise<string> | undefined;

/** dist/querycop where that is self-extracting, else one made for these tests. */
function selfExtracting(): Promise<string> {
  made ??= (async () => {
    const usual = await binary();
    if (new TextDecoder().decode((await Deno.readFile(usual)).subarray(0, 10)) === "#!/bin/sh\n") {
      return usual;
    }
    const path = `${dirname(usual)}/querycop.sh`;
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "compile", "--self-extracting", `--output=${path}`],
    }).output();
    assert.ok(success);
    return path;
  })();
  return made;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(path, {
    args: [...args],
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function withTempDir(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "querycop-unpack-" });
  try {
    await body(directory);
  } finally {
    await new Deno.Command("chmod", { args: ["-R", "u+w", directory] }).output();
    await Deno.remove(directory, { recursive: true });
  }
}

const names = (directory: string) => [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();

Deno.test("starts that race to unpack all succeed, and leave one runtime, one program and nothing half done", async () => {
  const path = await selfExtracting();
  await withTempDir(async (cache) => {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => run(path, ["--version"], { XDG_CACHE_HOME: cache })),
    );
    for (const each of all) {
      assert.match(each.stdout, /^querycop \d/);
      assert.deepEqual([each.code, each.stderr], [0, ""]);
    }
    const left = names(`${cache}/querycop`).filter((name) => name !== "runtime-cache");
    assert.equal(left.filter((name) => /^runtime-[0-9a-f]{64}$/.test(name)).length, 1, left.join(" "));
    assert.equal(left.filter((name) => /^program-[0-9a-f]{64}$/.test(name)).length, 1, left.join(" "));
    assert.equal(left.length, 3, left.join(" ")); // The third is the directory that the program's link names.
    assert.equal((await Deno.stat(`${cache}/querycop`)).mode! & 0o777, 0o700);
  });
});

Deno.test("a home that cannot be written is passed over for TMPDIR, and neither is an error in words", async () => {
  const path = await selfExtracting();
  await withTempDir(async (directory) => {
    await Deno.mkdir(`${directory}/tmp`);
    // Nothing can be made in /proc, not even by root.
    const env = { HOME: "/proc", TMPDIR: `${directory}/tmp` };
    const first = await run(path, ["version", "--json"], env);
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.deepEqual(names(`${directory}/tmp`), [`querycop-${Deno.uid()}`]);
    const nowhere = await run(path, ["--version"], { HOME: "/proc", TMPDIR: "/proc" });
    assert.equal(nowhere.code, 70);
    assert.match(nowhere.stderr, /^error: Cannot unpack querycop into .*\nhint: Set XDG_CACHE_HOME to .*\n$/);
  });
});

Deno.test("a directory under TMPDIR that is somebody else's link is not used", async () => {
  const path = await selfExtracting();
  await withTempDir(async (directory) => {
    await Deno.mkdir(`${directory}/trap`);
    await Deno.symlink(`${directory}/trap`, `${directory}/querycop-${Deno.uid()}`);
    const { code } = await run(path, ["--version"], { HOME: "/dev/null", TMPDIR: directory });
    assert.equal(code, 70);
    assert.deepEqual(names(`${directory}/trap`), []);
  });
});

Deno.test("a file that is damaged, cut short or not what it says is recognised before anything of it runs", async () => {
  const path = await selfExtracting();
  await withTempDir(async (directory) => {
    const bytes = await Deno.readFile(path);
    const copy = `${directory}/querycop`;
    const sumAt = new TextDecoder().decode(bytes.subarray(0, 2000)).indexOf("program_sum=") +
      "program_sum=".length;
    const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
      ["damaged", changed(bytes, bytes.length - 40), /^error: /],
      ["cut short", bytes.slice(0, -5000), /^error: /],
      [
        "another program",
        changed(bytes, sumAt),
        /^error: .* is damaged: the checksum of what it holds is wrong\n/,
      ],
    ];
    for (const [what, content, message] of cases) {
      await Deno.writeFile(copy, content, { mode: 0o755 });
      const { code, stdout, stderr } = await run(copy, ["--version"], {
        XDG_CACHE_HOME: `${directory}/${what}`,
        TMPDIR: directory,
      });
      assert.deepEqual([code, stdout], [70, ""], what);
      assert.match(stderr, message, what);
      assert.match(stderr, /\nhint: .*\n$/, what);
    }
  });
});

Deno.test("arguments, output, exit code and the way to start itself again pass through", async () => {
  const path = await selfExtracting();
  const env = { HOME: Deno.env.get("HOME") ?? "/" };
  const odd = await run(path, ["no such 'command' $HOME \\ *"], env);
  assert.equal(odd.code, 2);
  assert.ok(odd.stderr.startsWith(`error: Unknown command "no such 'command' $HOME \\ *"\n`), odd.stderr);
  const { build, command: [program = "", ...args] } = JSON.parse(
    (await run(path, ["version", "--json"], env)).stdout,
  ) as { build: string; command: string[] };
  assert.equal(build, "self-extracting");
  const again = await run(program, [...args, "--version"], env);
  assert.match(again.stdout, /^querycop \d/);
});

Deno.test("it starts through PATH and through a link", async () => {
  const path = await selfExtracting();
  await withTempDir(async (directory) => {
    await Deno.symlink(path, `${directory}/querycop`);
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", "cd / && querycop --version"],
      env: { PATH: `${directory}:${Deno.env.get("PATH") ?? ""}` },
    }).output();
    assert.match(new TextDecoder().decode(stdout), /^querycop \d/);
  });
});

/** The bytes with one of them another; a hexadecimal digit stays one. */
function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = copy[at] === 0x30 ? 0x31 : 0x30;
  return copy;
}
