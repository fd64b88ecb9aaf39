/** What a finished program said. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  /** Text for standard input; nothing is given where it is missing. */
  readonly stdin?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends the program with SIGKILL. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and resolves to what it said, whatever its exit code. `argv[0]` is the program. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program = "", ...args] = argv;
  const child = new Deno.Command(program, {
    args,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  const kill = (): void => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It ended in the meantime.
    }
  };
  options.signal?.addEventListener("abort", kill);
  try {
    const written = options.stdin === undefined
      ? Promise.resolve()
      : writeAll(child.stdin, new TextEncoder().encode(options.stdin));
    const [output] = await Promise.all([child.output(), written]);
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } finally {
    options.signal?.removeEventListener("abort", kill);
  }
}

/** Runs a program and resolves to its standard output; throws with its standard error when it fails. */
export async function runOrThrow(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code !== 0) {
    throw new Error(`${argv.join(" ")} failed with exit code ${result.code}: ${result.stderr.trim()}`);
  }
  return result.stdout;
}

/** Full path of a program on PATH or in the system's own folders, which an ordinary user's PATH lacks. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/sbin"];
  for (const folder of folders) {
    if (folder !== "" && await isFile(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return undefined;
}

/** The argument vector that runs `argv` so that the kernel ends it with this process: a killed run leaves nothing. */
export async function tethered(argv: readonly string[]): Promise<readonly [string, ...string[]]> {
  const setpriv = Deno.build.os === "linux" ? await findProgram("setpriv") : undefined;
  const [program = "", ...args] = argv;
  return setpriv === undefined ? [program, ...args] : [setpriv, "--pdeathsig", "KILL", program, ...args];
}

/** Whether `path` is a file, links followed. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** Whether anything is at `path`, a link that leads nowhere included. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

async function writeAll(stream: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    // A program may end without reading its input to the end; its exit code tells the rest.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
