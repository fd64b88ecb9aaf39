/** querycop as its users run it: a process of its own, configured by its environment. */
import { runOrThrow, tethered } from "./process.ts";
import { freePort } from "./servers.ts";

/** How querycop is started. */
export interface QuerycopOptions {
  readonly backend: { readonly host?: string; readonly port: number };
  /** `GATEKEEPER_*` and others, beyond addresses and folders, which are set here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Port for clients; a free one by default. */
  readonly port?: number;
  /** Port of the API; a free one by default. */
  readonly apiPort?: number;
  /** A program that starts it, with its own arguments: one that sets limits, for example. */
  readonly through?: readonly string[];
  /** Do not wait until it is up, because it is expected not to come up. */
  readonly expectFailure?: boolean;
}

/** How a querycop process ended. */
export interface QuerycopExit {
  readonly code: number;
  readonly log: string;
}

const PATIENCE_MS = 30_000;
const POLL_MS = 25;
const ROOT = new URL("../../", import.meta.url).pathname;

/** A running querycop. */
export class Querycop implements AsyncDisposable {
  /** Where clients connect, on 127.0.0.1. */
  readonly port: number;
  readonly apiPort: number;
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  #stopped: Promise<QuerycopExit> | undefined;
  #status: Deno.CommandStatus | undefined;

  /** Use {@link startQuerycop}. */
  constructor(process: Deno.ChildProcess, folder: string, port: number, apiPort: number) {
    this.#process = process;
    this.#folder = folder;
    this.port = port;
    this.apiPort = apiPort;
    process.status.then((status) => this.#status = status);
  }

  /** How it ended; `undefined` while it runs. */
  get status(): Deno.CommandStatus | undefined {
    return this.#status;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it wrote to standard error until now: its log. */
  log(): Promise<string> {
    return Deno.readTextFile(`${this.#folder}/stderr`);
  }

  /** Resident memory in bytes, from the kernel. */
  async rssBytes(): Promise<number> {
    // Deno reads /proc only for those who may do everything.
    const status = await runOrThrow(["cat", `/proc/${this.pid}/status`]);
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Sends a signal, such as SIGHUP or SIGTERM. */
  signal(name: Deno.Signal): void {
    this.#process.kill(name);
  }

  /** Waits for it to end by itself. */
  async ended(): Promise<QuerycopExit> {
    const { code } = await this.#process.status;
    return { code, log: await this.log() };
  }

  /** Ends it at once and removes its folder. Safe to call again. */
  stop(): Promise<QuerycopExit> {
    return this.#stopped ??= this.#stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<QuerycopExit> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    const exit = await this.ended();
    await Deno.remove(this.#folder, { recursive: true });
    return exit;
  }
}

/**
 * Starts `querycop serve` in front of a backend and resolves once it takes connections. `QUERYCOP_BIN` names an
 * executable to run in place of the source.
 */
export async function startQuerycop(options: QuerycopOptions): Promise<Querycop> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-run-" });
  const port = options.port ?? freePort();
  const apiPort = options.apiPort ?? freePort();
  const env: Record<string, string> = {
    GATEKEEPER_BACKEND_HOST: options.backend.host ?? "127.0.0.1",
    GATEKEEPER_BACKEND_PORT: `${options.backend.port}`,
    GATEKEEPER_LISTEN_HOST: "127.0.0.1",
    GATEKEEPER_LISTEN_PORT: `${port}`,
    GATEKEEPER_API_HOST: "127.0.0.1",
    GATEKEEPER_API_PORT: `${apiPort}`,
    GATEKEEPER_DATA_DIR: `${folder}/data`,
    GATEKEEPER_LOG_FORMAT: "json",
    ...options.env,
  };
  for (const name of ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] ??= value;
  }
  const redirect = 'out=$1; shift; exec "$@" >"$out/stdout" 2>"$out/stderr"';
  const [shell, ...args] = await tethered([
    "sh",
    "-c",
    redirect,
    "sh",
    folder,
    ...(options.through ?? []),
    ...program(),
    "serve",
  ]);
  const process = new Deno.Command(shell, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    clearEnv: true,
    env,
  }).spawn();
  const querycop = new Querycop(process, folder, port, apiPort);
  if (options.expectFailure !== true) await untilUp(querycop, process);
  return querycop;
}

function program(): readonly string[] {
  const executable = Deno.env.get("QUERYCOP_BIN");
  if (executable !== undefined) return [executable];
  return [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", `${ROOT}src/main.ts`];
}

async function untilUp(querycop: Querycop, process: Deno.ChildProcess): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let ended = false;
  process.status.then(() => ended = true);
  while (true) {
    if (ended || Date.now() > deadline) {
      const { log } = await querycop.stop();
      throw new Error(`querycop did not start:\n${log}`);
    }
    try {
      const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/healthz`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
