import type { Approval, HeldText, Resolution } from "../contract/approval.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Overrides } from "../contract/override.ts";
import type { PolicyReload, PolicyView } from "../contract/policy.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { SessionRow } from "../contract/session.ts";
import type { ProcessSnapshot, ProcessView } from "../admin/process_view.ts";
import { throttleEvents } from "./throttle_events.ts";

/** What a supervisor may ask, by name: what it gives, and what it gets. */
interface Questions {
  readonly snapshot: readonly [null, ProcessSnapshot];
  readonly sessions: readonly [null, readonly SessionRow[]];
  readonly held: readonly [null, readonly Approval[]];
  readonly held_text: readonly [string, HeldText | null];
  readonly end: readonly [string, boolean];
  readonly resolve: readonly [
    { readonly id: string; readonly resolution: Resolution },
    Approval | null,
  ];
  readonly overrides: readonly [Overrides, null];
  readonly policy: readonly [null, PolicyView];
  readonly reload: readonly [null, PolicyReload];
  readonly score: readonly [ScoreRequest, ScoreAnswer];
  /** Whether events are wanted. */
  readonly listen: readonly [boolean, null];
}

type Name = keyof Questions;

/** What the supervisor asks of a worker: one JSON object a line on the worker's standard input. */
interface Question<N extends Name = Name> {
  readonly id: number;
  readonly ask: N;
  readonly with: Questions[N][0];
}

/** What a worker says: one JSON object a line on its standard output. */
type Line =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly event: LiveEvent };

/** How long a worker may take to answer before it is left out, in ms. */
const PATIENCE_MS = 2000;

/** In a worker: answers the supervisor until it closes the channel, and tells it what happens while it listens. */
export async function answerSupervisor(
  view: ProcessView,
  input: ReadableStream<Uint8Array>,
  write: (line: string) => void,
): Promise<void> {
  let unsubscribe: (() => void) | undefined;
  const say = (line: Line) => write(JSON.stringify(line));
  const answers: { readonly [N in Name]: (given: Questions[N][0]) => Promise<Questions[N][1]> } = {
    snapshot: () => view.snapshot(),
    sessions: () => view.sessions(),
    held: () => view.held(),
    held_text: async (id) => await view.heldText(id) ?? null,
    end: (id) => view.endSession(id),
    resolve: async ({ id, resolution }) => await view.resolveHold(id, resolution) ?? null,
    overrides: async (overrides) => {
      await view.setOverrides(overrides);
      return null;
    },
    policy: () => view.policy(),
    reload: () => view.reloadPolicy(),
    score: (request) => view.score(request),
    listen: (wanted) => {
      unsubscribe?.();
      unsubscribe = wanted ? view.subscribe(throttleEvents((event) => say({ event }))) : undefined;
      return Promise.resolve(null);
    },
  };
  const answer = async <N extends Name>({ id, ask, with: given }: Question<N>) => {
    try {
      say({ id, answer: await answers[ask](given) });
    } catch (error) {
      say({ id, failed: error instanceof Error ? error.message : String(error) });
    }
  };
  try {
    for await (const line of lines(input)) await answer(JSON.parse(line) as Question);
  } finally {
    unsubscribe?.();
  }
}

/** In the supervisor: one worker. Everything resolves to `undefined` where the worker does not answer in two seconds. */
export class WorkerChannel {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<
    number,
    { readonly done: (answer: unknown) => void; readonly fail: (why: Error) => void }
  >();
  readonly #onEvent: (event: LiveEvent) => void;
  #nextId = 1;

  constructor(
    worker: { readonly stdin: WritableStream<Uint8Array>; readonly stdout: ReadableStream<Uint8Array> },
    onEvent: (event: LiveEvent) => void,
  ) {
    this.#writer = worker.stdin.getWriter();
    this.#onEvent = onEvent;
    void this.#listen(worker.stdout);
  }

  /** Asks the worker, for two seconds or as long as is said. Rejects where it says that it could not do it. */
  ask<N extends Name>(
    name: N,
    given: Questions[N][0],
    patienceMs = PATIENCE_MS,
  ): Promise<Questions[N][1] | undefined> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      const done = (answer: unknown) => {
        end();
        resolve(answer as Questions[N][1] | undefined);
      };
      const fail = (why: Error) => {
        end();
        reject(why);
      };
      const timer = setTimeout(() => done(undefined), patienceMs);
      this.#waiting.set(id, { done, fail });
      const question: Question<N> = { id, ask: name, with: given };
      this.#writer.write(new TextEncoder().encode(JSON.stringify(question) + "\n")).catch(() =>
        done(undefined)
      );
    });
  }

  async #listen(output: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const text of lines(output)) this.#hear(text);
    } catch {
      // The pipe broke: its worker has ended, which is seen elsewhere.
    }
    for (const { done } of [...this.#waiting.values()]) done(undefined);
  }

  #hear(text: string): void {
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      return; // Something else that was printed there: no answer, and no reason to end.
    }
    if ("event" in line) this.#onEvent(line.event);
    else if ("failed" in line) this.#waiting.get(line.id)?.fail(new Error(line.failed));
    else this.#waiting.get(line.id)?.done(line.answer);
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}
