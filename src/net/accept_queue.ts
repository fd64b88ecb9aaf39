/** Hands accepted connections from an event-driven server to one `for await`. */
export class AcceptQueue<T> implements AsyncIterable<T> {
  #waiting: T[] = [];
  #taker: ((result: IteratorResult<T>) => void) | undefined;
  #closed = false;

  /** Adds one; after {@link close} it is refused, and the caller keeps it. */
  push(item: T): boolean {
    if (this.#closed) return false;
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#waiting.push(item);
    else taker({ done: false, value: item });
    return true;
  }

  /** Ends the iteration and gives back what nobody took. */
  close(): readonly T[] {
    const left = this.#waiting;
    this.#closed = true;
    this.#waiting = [];
    this.#taker?.({ done: true, value: undefined });
    this.#taker = undefined;
    return left;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () => {
        const item = this.#waiting.shift();
        if (item !== undefined) return Promise.resolve({ done: false, value: item });
        if (this.#closed) return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve) => this.#taker = resolve);
      },
    };
  }
}
