import { type Pair, pairDocument, type Sink } from "./sink.ts";

/** Writes the pair as one line of JSON to standard output. */
export class JsonSink implements Sink {
  readonly keeps = false;
  readonly proof = "none";
  readonly name = "json on standard output";
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  deliver(pair: Pair): Promise<void> {
    this.#write(pairDocument(pair));
    return Promise.resolve();
  }
}
