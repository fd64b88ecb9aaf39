import * as z from "zod";
import { QuerycopError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { type Pair, pairDocument, type Sink, type SinkProof } from "./sink.ts";
import { type ProgramOptions, type ProgramResult, runProgram } from "./run_program.ts";

/** What a sink that runs a command is made of. */
export interface ExecSinkOptions {
  readonly command: string;
  /** Prints the pair that the store holds, as JSON with `username` and `password`. */
  readonly readBack?: string | undefined;
  /** Environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the command wrote, secrets masked. */
  readonly show: (output: string) => void;
  readonly limitMs: number;
  /** In place of {@link runProgram}. */
  readonly run?: (options: ProgramOptions) => Promise<ProgramResult>;
}

const pairShape = z.object({ username: z.string(), password: z.string() });

/**
 * Gives the pair to a command, as JSON on its standard input and nowhere else; exit code 0 confirms. A second command
 * reads it back.
 */
export class ExecSink implements Sink {
  readonly keeps = true;
  readonly name: string;
  readonly proof: SinkProof;
  readonly recall?: NonNullable<Sink["recall"]>;
  readonly #options: ExecSinkOptions;

  constructor(options: ExecSinkOptions) {
    this.#options = options;
    this.name = `exec ${options.command}`;
    const { readBack } = options;
    this.proof = readBack === undefined ? "deliver" : "read";
    if (readBack !== undefined) {
      this.recall = (username, _, signal) => this.#readBack(readBack, username, signal);
    }
  }

  /** Errors: as those of the command that reads back, so that it is known to work before anything is made. */
  async check(): Promise<void> {
    await this.recall?.("", [], AbortSignal.timeout(this.#options.limitMs));
  }

  async deliver(
    pair: Pair,
    signal: AbortSignal,
    started: (pid: number) => Promise<void>,
  ): Promise<void> {
    const { show, run = runProgram, command, env, limitMs } = this.#options;
    const { failure, output } = await run({
      command,
      env,
      limitMs,
      stdin: pairDocument(pair) + "\n",
      secrets: [pair.password],
      signal,
      started,
    });
    if (output !== "") show(output);
    if (failure === undefined) return;
    throw new QuerycopError("step.deliver", `The command did not confirm the pair: ${failure}`, {
      hint: "It gets the pair as JSON on standard input and confirms with exit code 0",
    });
  }

  async #readBack(command: string, username: string, signal: AbortSignal): Promise<Secret | undefined> {
    const { run = runProgram, env, limitMs } = this.#options;
    const { failure, stdout } = await run({ command, env, limitMs, stdin: "", secrets: [], signal });
    if (failure !== undefined) {
      throw new QuerycopError("step.read_back", `The command of --read-back failed: ${failure}`, {
        hint: `Run it by itself: ${command}`,
      });
    }
    const parsed = pairShape.safeParse(parseJson(stdout));
    // An empty store is not a failure: it holds another pair than ours, namely none.
    if (!parsed.success && stdout.trim() !== "") {
      throw new QuerycopError(
        "step.read_back",
        "The command of --read-back printed something other than JSON with username and password",
        { hint: 'Let it print {"username": ..., "password": ...}, or nothing where the store is empty' },
      );
    }
    return parsed.success && parsed.data.username === username ? new Secret(parsed.data.password) : undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Said by the caller.
  }
}
