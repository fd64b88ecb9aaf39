import type { ProcessSnapshot, ProcessView } from "../admin/process_view.ts";

/** What the supervisor asks of a worker: one JSON object a line on the worker's standard input. */
type Question =
  & { readonly id: number }
  & (
    | { readonly ask: "snapshot" }
    | { readonly ask: "end"; readonly session: string }
  );

/** What a worker answers: one JSON object a line on its standard output. */
type Answer =
  & { readonly id: number }
  & (
    | { readonly snapshot: ProcessSnapshot }
    | { readonly ended: boolean }
  );

/** How long a worker may take to answer before it is left out, in ms. */
const PATIENCE_MS = 2000;

/** In a worker: answers the supervisor until it closes the channel. */
export async function answerSupervisor(
  view: ProcessView,
  input: ReadableStream<Uint8Array>,
  write: (line: string) => void,
): Promise<void> {
  for await (const line of lines(input)) {
    const question = JSON.parse(line) as Question;
    const answer: Answer = question.ask === "snapshot"
      ? { id: question.id, snapshot: await view.snapshot() }
      : { id: question.id, ended: await view.endSession(question.session) };
    write(JSON.stringify(answer));
  }
}

/** In the supervisor: one worker. */
export class WorkerChannel {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #nextId = 1;

  constructor(worker: Deno.ChildProcess) {
    this.#writer = worker.stdin.getWriter();
    void this.#listen(worker.stdout);
  }

  /** What the worker shows; `undefined` where it does not answer. */
  async snapshot(): Promise<ProcessSnapshot | undefined> {
    const answer = await this.#ask((id) => ({ id, ask: "snapshot" }));
    return answer !== undefined && "snapshot" in answer ? answer.snapshot : undefined;
  }

  /** Whether the worker had this session, and has ended it. */
  async endSession(session: string): Promise<boolean> {
    const answer = await this.#ask((id) => ({ id, ask: "end", session }));
    return answer !== undefined && "ended" in answer && answer.ended;
  }

  #ask(question: (id: number) => Question): Promise<Answer | undefined> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => done(undefined), PATIENCE_MS);
      this.#waiting.set(id, done);
      this.#writer.write(new TextEncoder().encode(JSON.stringify(question(id)) + "\n")).catch(() =>
        done(undefined)
      );
    });
  }

  async #listen(output: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of lines(output)) {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
    }
    for (const done of this.#waiting.values()) done(undefined);
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
