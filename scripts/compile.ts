/**
 * Makes one executable file: `deno task compile [--output FILE] [--target TRIPLE] [--self-extracting] [--limit SECONDS]`.
 *
 * `deno compile` makes it where its base runtime can be had. Where that cannot be downloaded, a shell script that
 * carries the runtime running now and the bundled program takes its place: it unpacks them once and runs them.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { formatByteSize } from "../src/base/byte_size.ts";
import { RUNTIME_FLAGS } from "../src/base/self_command.ts";
import { VERSION } from "../src/base/version.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    output: { type: "string", default: "dist/querycop" },
    target: { type: "string", default: Deno.build.target },
    "self-extracting": { type: "boolean", default: false },
    limit: { type: "string", default: "120" },
  },
});
const WORK = "dist/build";
const PROGRAM = `${WORK}/program`;
const ENTRY = `${PROGRAM}/main.js`;
const SUFFIX = options.target.includes("windows") ? ".exe" : "";
const OUTPUT = options.output.endsWith(SUFFIX) ? options.output : options.output + SUFFIX;

Deno.mkdirSync(WORK, { recursive: true });
Deno.mkdirSync(dirname(OUTPUT), { recursive: true });
await bundle();
const compiled = !options["self-extracting"] && await compile();
if (!compiled) await makeSelfExtracting();
await report();

/** The program in a few files, so that both ways run the same and a start reads only what its command needs. */
async function bundle(): Promise<void> {
  await removeIfThere(PROGRAM);
  const { code, stderr } = await deno([
    "bundle",
    "--quiet",
    "--platform=deno",
    "--code-splitting",
    `--outdir=${PROGRAM}`,
    "src/main.ts",
  ]);
  if (code !== 0) stop(`deno bundle failed: ${stderr.trim()}`);
  requireLazily();
}

/**
 * The bundle's `require` for CommonJS packages imports node:module, with which half of Node is set up: 20 ms of every
 * start. Everything but the runtime's own modules is in the bundle, and those can be had when they are asked for.
 */
function requireLazily(): void {
  const eager =
    /^import \{ createRequire as (\w+) \} from "node:module";\nvar __require = \1\(import\.meta\.url\);$/m;
  const lazy = `var __require = (name) => {
  const found = globalThis.process.getBuiltinModule(name);
  if (found === undefined) throw new Error("No module " + name);
  return found;
};`;
  for (const { name } of Deno.readDirSync(PROGRAM)) {
    const text = Deno.readTextFileSync(`${PROGRAM}/${name}`);
    if (eager.test(text)) Deno.writeTextFileSync(`${PROGRAM}/${name}`, text.replace(eager, () => lazy));
  }
}

/** False where the base runtime could not be had. */
async function compile(): Promise<boolean> {
  const made = `${WORK}/compiled${SUFFIX}`;
  await removeIfThere(made); // deno compile overwrites nothing that it did not make.
  const { code, stderr, timedOut } = await deno([
    "compile",
    "--no-config",
    "--no-lock",
    "--no-prompt",
    ...RUNTIME_FLAGS,
    `--target=${options.target}`,
    `--output=${made}`,
    ENTRY,
  ], Number(options.limit) * 1000);
  if (code === 0) {
    await Deno.rename(made, OUTPUT);
    return true;
  }
  const reason = /dns error|timed out|[Cc]onnection refused|status (?:client|server) error[^\n]*/.exec(stderr)
    ?.[0];
  if (!timedOut && !/base binary|denort/.test(stderr)) stop(`deno compile failed: ${stderr.trim()}`);
  const why = timedOut ? `no answer within ${options.limit} s` : reason ?? "download failed";
  if (options.target !== Deno.build.target || Deno.build.os === "windows") {
    stop(`The base runtime for ${options.target} cannot be downloaded (${why}): build where it can`);
  }
  console.error(
    `The base runtime of deno compile cannot be downloaded (${why}), so this is a self-extracting file; ` +
      "build where it can be reached, or name one with DENORT_BIN, for a plain executable",
  );
  return false;
}

/** A shell stub, then the runtime, then the program, each part compressed on its own. */
async function makeSelfExtracting(): Promise<void> {
  const runtime = Deno.readFileSync(Deno.execPath());
  const runtimeSum = sha256(runtime);
  const packedRuntime = packOnce(runtime, `${WORK}/runtime-${runtimeSum}.gz`);
  const program = tarOf(PROGRAM);
  const packedProgram = gzipSync(program, { level: 9 });
  const template = Deno.readTextFileSync(new URL("compile/self_extract.sh", import.meta.url));
  const parts: Readonly<Record<string, string>> = {
    VERSION,
    RUNTIME_SUM: runtimeSum,
    RUNTIME_SIZE: String(packedRuntime.length),
    PROGRAM_SUM: sha256(program),
    PROGRAM_SIZE: String(packedProgram.length),
    RUNTIME_FLAGS: RUNTIME_FLAGS.join(" "),
  };
  const filled = template.replace(/@([A-Z_]+)@/g, (whole, name: string) => parts[name] ?? whole);
  const stub = encodeWithOwnSize(filled);
  const temporary = `${OUTPUT}.part`;
  const file = await Deno.open(temporary, { write: true, create: true, truncate: true, mode: 0o755 });
  for (const bytes of [stub, packedRuntime, packedProgram]) {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
  file.close();
  await Deno.chmod(temporary, 0o755);
  await Deno.rename(temporary, OUTPUT);
}

/** The stub with the number of its own bytes in it, padded so that the number's length does not change it. */
function encodeWithOwnSize(text: string): Uint8Array {
  const placeholder = "@STUB_SIZE@";
  const size = new TextEncoder().encode(text).length;
  return new TextEncoder().encode(text.replace(placeholder, () => String(size).padEnd(placeholder.length)));
}

/** The files of one directory as a tar archive (POSIX ustar), the same for the same files. */
function tarOf(directory: string): Uint8Array {
  const encoder = new TextEncoder();
  const names = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
  const blocks: Uint8Array[] = [];
  for (const name of names) {
    const bytes = Deno.readFileSync(`${directory}/${name}`);
    const header = new Uint8Array(512);
    const put = (text: string, offset: number) => header.set(encoder.encode(text), offset);
    const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0") + "\0";
    put(name, 0);
    put(octal(0o600, 7), 100);
    put(octal(0, 7), 108);
    put(octal(0, 7), 116);
    put(octal(bytes.length, 11), 124);
    put(octal(0, 11), 136);
    put(" ".repeat(8), 148);
    put("0", 156);
    put("ustar\x0000", 257);
    put(octal(header.reduce((sum, byte) => sum + byte, 0), 6) + " ", 148);
    blocks.push(header, bytes, new Uint8Array((512 - bytes.length % 512) % 512));
  }
  return Buffer.concat([...blocks, new Uint8Array(1024)]);
}

/** Compressing the runtime takes seconds and gives the same every time. */
function packOnce(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const packed = gzipSync(bytes, { level: 6 });
  Deno.writeFileSync(`${path}.part`, packed);
  Deno.renameSync(`${path}.part`, path);
  return packed;
}

/** Prints what was made, having run it. */
async function report(): Promise<void> {
  const size = Deno.statSync(OUTPUT).size;
  console.log(`${OUTPUT}: ${compiled ? "compiled" : "self-extracting"}, ${formatByteSize(size)}`);
  if (options.target !== Deno.build.target) return;
  const path = await Deno.realPath(OUTPUT);
  const first = await timeMs(path);
  const later = [];
  for (let i = 0; i < 9; i++) later.push(await timeMs(path));
  later.sort((a, b) => a - b);
  console.log(
    `querycop --version: ${first.toFixed(0)} ms the first time, ${later[4]?.toFixed(0)} ms after that`,
  );
}

async function timeMs(path: string): Promise<number> {
  const started = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(path, { args: ["--version"] }).output();
  const text = new TextDecoder().decode(stdout).trim();
  if (code !== 0 || text !== `querycop ${VERSION}`) {
    stop(`${path} --version ended with ${code}: ${text} ${new TextDecoder().decode(stderr)}`);
  }
  return performance.now() - started;
}

async function deno(args: readonly string[], limitMs?: number) {
  const signal = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...(signal === undefined ? {} : { signal }),
  }).output();
  // deno-lint-ignore no-control-regex
  const plain = new TextDecoder().decode(stderr).replace(/\x1b\[[0-9;]*m/g, "");
  return { code, stderr: plain, timedOut: signal?.aborted === true };
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function stop(message: string): never {
  console.error(message);
  Deno.exit(1);
}
