/** What a server needs of the process it runs in. */
export interface ServerHost {
  /** Aborted by the signal that drains. */
  readonly signal: AbortSignal;
  /** Number of this worker; `undefined` in a process that nobody supervises. */
  readonly worker: number | undefined;
  /** A worker's channel from its supervisor. */
  readonly input: () => ReadableStream<Uint8Array>;
  /** A worker's channel to its supervisor. */
  readonly writeLine: (line: string) => void;
  /** Calls back, synchronously, when a repeated signal is about to end the process. */
  readonly onForcedEnd: (action: () => void) => void;
}
