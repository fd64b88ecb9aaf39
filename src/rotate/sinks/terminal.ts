import { QuerycopError, UsageError } from "../../base/errors.ts";
import type { Pair, Sink } from "./sink.ts";

/** What the person at the terminal sees and says. */
export interface TerminalSinkOptions {
  readonly available: boolean;
  readonly show: (lines: readonly string[]) => void;
  /** True once the person says that the pair is stored. */
  readonly confirm: (signal: AbortSignal) => Promise<boolean>;
}

const MOST_QUESTIONS = 3;

/** Shows the pair once, and asks whether it was stored. */
export class TerminalSink implements Sink {
  readonly keeps = false;
  readonly proof = "none";
  readonly name = "this terminal";
  readonly #options: TerminalSinkOptions;

  constructor(options: TerminalSinkOptions) {
    this.#options = options;
  }

  check(): Promise<void> {
    if (this.#options.available) return Promise.resolve();
    return Promise.reject(
      new UsageError("There is no terminal to show the new password on", {
        hint: "Name where it is to go: --to env-file:PATH, --to exec:CMD or --to json:-",
      }),
    );
  }

  async deliver(pair: Pair, signal: AbortSignal): Promise<void> {
    this.#options.show([
      `New password of ${pair.organization}/${pair.database}/${pair.branch}, shown this once:`,
      `  username  ${pair.username}`,
      `  password  ${pair.password.reveal()}`,
      ...(pair.host === null ? [] : [`  host      ${pair.host}`]),
    ]);
    // A slip of the finger does not cost a password: it is asked for again.
    for (let asked = 0; asked < MOST_QUESTIONS; asked++) {
      if (await this.#options.confirm(signal)) return;
    }
    throw new QuerycopError("step.deliver", "The pair shown on the terminal was not confirmed as stored", {
      hint: "Store it where the application reads it, then type the word",
    });
  }
}
