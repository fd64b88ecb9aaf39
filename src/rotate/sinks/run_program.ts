import process from "node:process";
import type { Secret } from "../../base/secret.ts";
import { maskSecrets } from "./mask.ts";

/** How to run an operator's command. */
export interface ProgramOptions {
  /** One line for the shell. */
  readonly command: string;
  readonly stdin: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What its output must not show. */
  readonly secrets: readonly Secret[];
  readonly signal: AbortSignal;
  /** Told the process id; its input comes once this has resolved. */
  readonly started?: (pid: number) => Promise<void>;
  /** After which it is ended. */
  readonly limitMs: number;
}

/** How it ended. */
export interface ProgramResult {
  /** `exit code 3`, `it did not end within 5m`; `undefined` where it ended well. */
  readonly failure: string | undefined;
  /** What it wrote, secrets masked, without a final newline. */
  readonly output: string;
  /** What it wrote to standard output alone, with any secret in it. */
  readonly stdout: string;
}

/** Most that is kept of what a program writes. */
const MOST_OUTPUT_BYTES = 64 * 1024;
/** Time to end on SIGTERM before SIGKILL. */
const GRACE_MS = 2000;

/** Runs a command with `sh -c`, with its input on a pipe. Rejects with the signal's reason where that aborts it. */
export async function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  const { command, stdin, env, secrets, signal, limitMs } = options;
  const [shell, ...args] = Deno.build.os === "windows"
    ? ["cmd", "/d", "/s", "/c", command]
    : ["sh", "-c", command];
  const child = new Deno.Command(shell, {
    args,
    clearEnv: true,
    // A group of its own, so that what it started ends with it.
    detached: true,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timeout = AbortSignal.timeout(limitMs);
  const stop = AbortSignal.any([signal, timeout]);
  const stopped = new Promise<"stopped">((resolve) => {
    stop.addEventListener("abort", () => {
      endProgram(child);
      resolve("stopped");
    }, { once: true });
  });
  try {
    await options.started?.(child.pid);
  } catch (error) {
    endProgram(child);
    throw error;
  }
  const parts: string[] = [];
  const printed: string[] = [];
  const reading = Promise.all([
    collect(child.stdout, parts, printed),
    collect(child.stderr, parts),
    feed(child.stdin, stdin),
  ]);
  // A grandchild may hold the pipes open: what counts is how the command itself ended.
  const ended = await Promise.race([child.status, stopped]);
  await Promise.race([reading, stopped, pause(GRACE_MS)]);
  if (signal.aborted) throw signal.reason;
  const output = maskSecrets(parts.join("").trimEnd(), secrets);
  const stdout = printed.join("");
  if (ended === "stopped" || timeout.aborted) {
    return { failure: `it did not end within ${Math.round(limitMs / 1000)}s`, output, stdout };
  }
  if (ended.success) return { failure: undefined, output, stdout };
  const failure = ended.signal === null ? `exit code ${ended.code}` : `ended by ${ended.signal}`;
  return { failure, output, stdout };
}

async function collect(stream: ReadableStream<Uint8Array>, ...into: readonly string[][]): Promise<void> {
  const decoder = new TextDecoder();
  let kept = 0;
  for await (const chunk of stream) {
    if (kept >= MOST_OUTPUT_BYTES) continue;
    kept += chunk.length;
    const text = decoder.decode(chunk, { stream: true });
    for (const parts of into) parts.push(text);
  }
}

async function feed(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It did not read to the end; whether it took what it needs is for its exit code to say.
  }
}

function endProgram(child: Deno.ChildProcess): void {
  const kill = (signal: "SIGTERM" | "SIGKILL"): void => {
    try {
      process.kill(group(child.pid), signal);
    } catch {
      // It has ended.
    }
  };
  kill("SIGTERM");
  Deno.unrefTimer(setTimeout(() => kill("SIGKILL"), GRACE_MS));
}

/** Whether a program, or anything that it started and left, is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(group(pid), 0); // No signal: only whether one could be sent.
    return true;
  } catch {
    return false; // ESRCH: what we started is ours to signal.
  }
}

/** What stands for a program and all that it started. */
function group(pid: number): number {
  return Deno.build.os === "windows" ? pid : -pid;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}
