import { STEP_IDS, type StepId } from "../../rotate/state.ts";
import { STEP_TITLES } from "../../rotate/steps/mod.ts";
import type { Narrator } from "../../rotate/world.ts";
import type { CommandContext, Progress } from "../context.ts";

/** Without a terminal what is being waited for is said this often. */
const SAY_AGAIN_MS = 60_000;

/** Tells on stderr how a rotation goes. */
export class StderrNarrator implements Narrator {
  readonly #context: CommandContext;
  #progress: Progress | undefined;
  #saidMs = -Infinity;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  step(id: StepId): void {
    const { bold, dim } = this.#context.stderr.style;
    this.end();
    this.#context.note(
      `${bold(`${STEP_IDS.indexOf(id) + 1}/${STEP_IDS.length} ${id}`)}  ${dim(STEP_TITLES[id])}`,
    );
    this.#saidMs = -Infinity;
  }

  detail(text: string): void {
    this.end();
    this.#context.note(`    ${text}`);
    // A wait that this was about is not told at once again.
    this.#saidMs = performance.now();
  }

  warning(text: string, hint?: string): void {
    this.end();
    this.#context.warn(text, hint);
  }

  waiting(text: string): void {
    if (this.#context.stderr.isTerminal) {
      this.#progress ??= this.#context.progress("   ");
      this.#progress.update(text);
      return;
    }
    const now = performance.now();
    if (now - this.#saidMs < SAY_AGAIN_MS) return;
    this.#saidMs = now;
    this.#context.note(`    ${text}`);
  }

  /** What a command of the operator's wrote. */
  output(text: string): void {
    for (const line of text.split("\n")) this.detail(`| ${line}`);
  }

  /** Takes the line away that shows what is waited for. */
  end(): void {
    this.#progress?.end();
    this.#progress = undefined;
  }
}
