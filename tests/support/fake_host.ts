import type { Host } from "../../src/cli/terminal/host.ts";

/** A process that exists only as values: what it was given, and what was written to it. */
export interface FakeHost extends Host {
  readonly out: () => string;
  readonly err: () => string;
  /** As if the signal had come; false where nobody listens. */
  readonly signal: (name: "SIGINT" | "SIGTERM") => boolean;
  /** Codes given to `exit`. */
  readonly exits: readonly number[];
  /** Whether input is not echoed now. */
  readonly raw: () => boolean;
}

/** What a test says about the process. */
export interface FakeHostOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Which streams are terminals; none unless said. */
  readonly terminal?: readonly ("stdin" | "stdout" | "stderr")[];
  /** What is typed. */
  readonly typed?: string;
  readonly columns?: number;
}

/** A host for tests in this process. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const terminal = new Set(options.terminal ?? []);
  const exits: number[] = [];
  let raw = false;
  let typed = new TextEncoder().encode(options.typed ?? "");
  let listener: ((signal: "SIGINT" | "SIGTERM") => void) | undefined;
  const stream = (name: "stdout" | "stderr") => {
    const decoder = new TextDecoder();
    let text = "";
    return {
      text: () => text,
      isTerminal: terminal.has(name),
      columns: () => terminal.has(name) ? options.columns ?? 80 : undefined,
      // A few bytes at a time, as a pipe may take them.
      writeSync: (bytes: Uint8Array) => {
        const taken = bytes.subarray(0, 100);
        text += decoder.decode(taken, { stream: true });
        return taken.length;
      },
    };
  };
  const stdout = stream("stdout");
  const stderr = stream("stderr");
  return {
    stdout,
    stderr,
    stdin: {
      isTerminal: terminal.has("stdin"),
      readable: ReadableStream.from([typed]),
      read: (buffer) => {
        if (typed.length === 0) return Promise.resolve(null);
        buffer.set(typed.subarray(0, 1));
        typed = typed.subarray(1);
        return Promise.resolve(1);
      },
      setRaw: (on) => {
        raw = on;
      },
    },
    env: options.env ?? {},
    cwd: "/",
    os: "linux",
    onSignal: (callback) => {
      listener = callback;
      return () => {
        listener = undefined;
      };
    },
    exit: (code) => {
      exits.push(code);
      throw new Error("exited");
    },
    out: stdout.text,
    err: stderr.text,
    signal: (name) => {
      if (listener === undefined) return false;
      try {
        listener(name);
      } catch (error) {
        if (exits.length === 0) throw error;
      }
      return true;
    },
    exits,
    raw: () => raw,
  };
}
