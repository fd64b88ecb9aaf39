import type { Environment } from "../../config/mod.ts";

/** One of the process's standard streams, as the command line uses it. */
export interface HostStream {
  readonly isTerminal: boolean;
  /** Columns of the terminal, `undefined` where there is none. */
  columns(): number | undefined;
  /** Writes some of the bytes and returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/** Standard input as the command line uses it. */
export interface HostInput {
  readonly isTerminal: boolean;
  readonly readable: ReadableStream<Uint8Array>;
  read(buffer: Uint8Array): Promise<number | null>;
  /** No echo and no line editing by the terminal while on. */
  setRaw(on: boolean): void;
}

/** The process around the command line, so that tests can put another in its place. */
export interface Host {
  readonly stdout: HostStream;
  readonly stderr: HostStream;
  readonly stdin: HostInput;
  readonly env: Environment;
  readonly cwd: string;
  /** `linux`, `darwin`, `windows`, ... */
  readonly os: string;
  /** Calls back on SIGINT and SIGTERM until the returned function is called. */
  onSignal(callback: (signal: "SIGINT" | "SIGTERM") => void): () => void;
  exit(code: number): never;
}

/** This process. */
export function systemHost(): Host {
  return {
    stdout: systemStream(Deno.stdout),
    stderr: systemStream(Deno.stderr),
    stdin: {
      isTerminal: Deno.stdin.isTerminal(),
      get readable() {
        return Deno.stdin.readable;
      },
      read: (buffer) => Deno.stdin.read(buffer),
      setRaw: (on) => Deno.stdin.setRaw(on),
    },
    env: Deno.env.toObject(),
    cwd: Deno.cwd(),
    os: Deno.build.os,
    onSignal(callback) {
      const signals = Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const;
      const listeners = signals.map((signal) => [signal, () => callback(signal)] as const);
      for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
      return () => {
        for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
      };
    },
    exit: (code) => Deno.exit(code),
  };
}

function systemStream(stream: typeof Deno.stdout): HostStream {
  const isTerminal = stream.isTerminal();
  return {
    isTerminal,
    columns: () => {
      if (!isTerminal) return undefined;
      try {
        return Deno.consoleSize().columns;
      } catch {
        return undefined; // A terminal that does not know its size.
      }
    },
    writeSync: (bytes) => stream.writeSync(bytes),
  };
}
