/** A program in a pseudo-terminal, with a person before it who reads and types. */
export class Dialogue implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #typed: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  /** Everything that was shown until now. */
  shown = "";
  #read = 0;

  /** Takes a process whose standard streams are pipes, running in a terminal. */
  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#typed = child.stdin.getWriter();
    this.#reading = this.#collect(child.stdout);
  }

  /** Waits for a text after those that were waited for before; resolves to its match. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const match = pattern.exec(this.shown.slice(this.#read));
      if (match !== null) {
        this.#read += match.index + match[0].length;
        return match;
      }
      if (Date.now() > deadline) throw new Error(`${pattern} was not shown:\n${this.shown}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#typed.write(new TextEncoder().encode(`${line}\r`));
  }

  /** Waits for its end; resolves to the exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#reading;
    await this.#typed.abort().catch(() => {});
    await this.#child.stderr.cancel();
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      // deno-lint-ignore no-control-regex
      this.shown += decoder.decode(chunk, { stream: true }).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
    }
  }
}
