import { exists } from "./process.ts";

const BINARY = "dist/querycop";
const SOURCES = ["src", "scripts/compile.ts", "scripts/compile", "deno.json", "deno.lock"];

let built: Promise<string> | undefined;

/** Absolute path of dist/querycop, made by `deno task compile` when it is missing or older than its source. */
export function binary(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  await Deno.mkdir("dist", { recursive: true });
  using lock = await Deno.open("dist/.building", { create: true, write: true });
  await lock.lock(true); // Suites that run at the same time build once.
  if (!(await isCurrent())) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "compile"],
      stdin: "null",
    }).output();
    if (code !== 0) {
      const decoder = new TextDecoder();
      throw new Error(
        `deno task compile ended with ${code}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`,
      );
    }
  }
  return await Deno.realPath(BINARY);
}

async function isCurrent(): Promise<boolean> {
  if (!(await exists(BINARY))) return false;
  const made = (await Deno.stat(BINARY)).mtime?.getTime() ?? 0;
  for (const source of SOURCES) if (await newest(source) > made) return false;
  return true;
}

/** Time of the youngest file, in ms since 1970. */
async function newest(path: string): Promise<number> {
  const info = await Deno.stat(path);
  let time = info.mtime?.getTime() ?? 0;
  if (info.isDirectory) {
    for await (const entry of Deno.readDir(path)) {
      time = Math.max(time, await newest(`${path}/${entry.name}`));
    }
  }
  return time;
}
