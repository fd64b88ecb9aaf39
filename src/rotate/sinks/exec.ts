import { QuerycopError } from "../../base/errors.ts";
import { type Pair, pairDocument, type Sink } from "./sink.ts";
import { runProgram } from "./run_program.ts";

/** What a sink that runs a command is made of. */
export interface ExecSinkOptions {
  readonly command: string;
  /** Environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the command wrote, secrets masked. */
  readonly show: (output: string) => void;
  readonly limitMs: number;
}

/** Gives the pair to a command, as JSON on its standard input and nowhere else; exit code 0 confirms. */
export class ExecSink implements Sink {
  readonly keeps = true;
  readonly name: string;
  readonly #options: ExecSinkOptions;

  constructor(options: ExecSinkOptions) {
    this.#options = options;
    this.name = `exec ${options.command}`;
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  async deliver(
    pair: Pair,
    signal: AbortSignal,
    started: (pid: number) => Promise<void>,
  ): Promise<void> {
    const { show, ...options } = this.#options;
    const { failure, output } = await runProgram({
      ...options,
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
}
