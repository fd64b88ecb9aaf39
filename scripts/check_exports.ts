/**
 * Fails on a file that nothing imports and on an export that nothing imports: knip looks, with scripts/knip.json.
 *
 * knip insists on a package.json at the top of what it looks at. This repository has none, so it gets a copy that does.
 */
import { join } from "node:path";

const FOLDERS = ["src", "scripts", "tests"];

const copy = await Deno.makeTempDir({ prefix: "querycop-exports-" });
try {
  for (const folder of FOLDERS) await copySources(folder);
  await Deno.copyFile("scripts/knip.json", join(copy, "knip.json"));
  await Deno.writeTextFile(join(copy, "package.json"), '{ "private": true, "type": "module" }\n');
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-all",
      "npm:knip@6.44.2",
      "--directory",
      copy,
      "--no-progress",
      "--reporter",
      "compact",
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) {
    console.error("\nTake out what nothing uses; an export that only its own file uses is no export.");
  }
  Deno.exitCode = code;
} finally {
  await Deno.remove(copy, { recursive: true });
}

/** Copies what knip reads of a folder, with everything below. */
async function copySources(folder: string): Promise<void> {
  await Deno.mkdir(join(copy, folder), { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await copySources(path);
    else if (/\.(ts|js)$/.test(name)) await Deno.copyFile(path, join(copy, path));
  }
}
