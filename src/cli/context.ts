import { UsageError } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import type { CommandContext, Output } from "../commands/context.ts";
import { type ColorChoice, wantsColor, wantsUnicode } from "./terminal/color.ts";
import type { Host } from "./terminal/host.ts";
import { createOutput } from "./terminal/output.ts";
import { startProgress } from "./terminal/progress.ts";
import { createPrompts } from "./terminal/prompts.ts";
import { createStyle } from "./terminal/style.ts";

/** The options that every command takes. */
export interface GlobalOptions {
  readonly format: string;
  readonly output?: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False with `--no-input`. */
  readonly input: boolean;
  readonly color: ColorChoice;
}

/** A context together with what the command line does to it when the command has ended. */
export interface OwnedContext {
  readonly context: CommandContext;
  /** The signal that came, if one did. */
  readonly signalled: () => "SIGINT" | "SIGTERM" | undefined;
  /** Closes what was opened. */
  readonly close: () => void;
}

/** One of the host's two outputs, coloured as asked. */
export function hostOutput(host: Host, which: "stdout" | "stderr", color: ColorChoice): Output {
  const stream = host[which];
  const style = createStyle(
    wantsColor(color, host.env, stream.isTerminal),
    wantsUnicode(host.env, host.os),
  );
  return createOutput(stream, style, host.env, { lossy: which === "stderr" });
}

/** What a command is given, made from the host and the global options. */
export function createContext(host: Host, options: GlobalOptions): OwnedContext {
  const stderr = hostOutput(host, "stderr", options.color);
  const stream = STANDARD_STREAMS.get(options.output ?? "-");
  const file = stream === undefined ? openOutputFile(options.output ?? "") : undefined;
  const stdout = file === undefined
    ? hostOutput(host, stream ?? "stdout", options.color)
    : createOutput(fileStream(file), createStyle(options.color === "always", true), host.env);
  const abort = new AbortController();
  let signalled: "SIGINT" | "SIGTERM" | undefined;
  const came = new Set<string>();
  const forcedEnd: (() => void)[] = [];
  let stopListening: (() => void) | undefined;
  const context: CommandContext = {
    stdout,
    stderr,
    stdin: { isTerminal: host.stdin.isTerminal, stream: () => host.stdin.readable },
    prompts: createPrompts(host.stdin, stderr, options.input),
    env: host.env,
    cwd: host.cwd,
    format: options.format,
    quiet: options.quiet,
    verbose: options.verbose,
    get signal() {
      stopListening ??= host.onSignal((signal) => {
        // A terminal sends Ctrl-C to a whole group, whose head may pass it on as SIGTERM: only a repeated one is force.
        if (came.has(signal)) {
          for (const action of forcedEnd) action();
          host.exit(signal === "SIGINT" ? 130 : 143);
        }
        came.add(signal);
        signalled ??= signal;
        abort.abort(new DOMException(`Stopped by ${signal}`, "AbortError"));
      });
      return abort.signal;
    },
    onForcedEnd: (action) => {
      forcedEnd.push(action);
    },
    note: (text) => {
      if (!options.quiet) stderr.line(text);
    },
    warn: (text, hint) => {
      stderr.line(`${stderr.style.yellow("warning:")} ${text}`);
      if (hint !== undefined) stderr.line(`${stderr.style.dim("hint:")} ${hint}`);
    },
    progress: (label) => startProgress(label, stderr, options.quiet),
  };
  return {
    context,
    signalled: () => signalled,
    close: () => {
      stopListening?.();
      file?.close();
    },
  };
}

/** Names of the standard streams, which the runtime does not open by these paths. */
const STANDARD_STREAMS: ReadonlyMap<string, "stdout" | "stderr"> = new Map([
  ["-", "stdout"],
  ["/dev/stdout", "stdout"],
  ["/dev/fd/1", "stdout"],
  ["/proc/self/fd/1", "stdout"],
  ["/dev/stderr", "stderr"],
  ["/dev/fd/2", "stderr"],
  ["/proc/self/fd/2", "stderr"],
]);

function openOutputFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new UsageError(`Cannot write to ${path}: ${reasonOf(error)}`, {
      hint: "Give --output a path in a directory that exists and that you may write to",
      cause: error,
    });
  }
}

function fileStream(file: Deno.FsFile) {
  return {
    isTerminal: false,
    columns: () => undefined,
    writeSync: (bytes: Uint8Array) => file.writeSync(bytes),
  };
}
