/**
 * Server-sent events over fetch: unlike EventSource it tells a refused key from a lost line, and says when it will try
 * again.
 */
import { readError, wait } from "./api.js";

/** Waits between attempts, in ms, doubling up to the last. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** The server sends something every second; a line that is silent for so long is dead, in ms. */
const SILENCE_MS = 20_000;

/**
 * @typedef {object} StreamListener
 * @property {(event: string, data: any) => void} message
 * @property {(resumed: boolean) => void} opened
 * @property {(reason: string, waitMs: number) => void} lost
 * @property {() => void} unauthorized the stream ends for good
 */

/**
 * Listens until the signal is aborted.
 *
 * @param {string} path
 * @param {StreamListener} listener
 * @param {AbortSignal} signal
 */
export async function listen(path, listener, signal) {
  let lastId = "";
  let waitMs = FIRST_WAIT_MS;
  let opened = false;
  while (!signal.aborted) {
    let reason = "The stream ended";
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener("abort", stop);
    let watch = setTimeout(stop, SILENCE_MS);
    try {
      const response = await fetch(path, {
        headers: lastId === "" ? {} : { "last-event-id": lastId },
        credentials: "same-origin",
        cache: "no-store",
        signal: attempt.signal,
      });
      if (response.status === 401) return listener.unauthorized();
      if (!response.ok || response.body === null) throw readError(response.status, await response.text());
      listener.opened(opened);
      opened = true;
      waitMs = FIRST_WAIT_MS;
      const parser = new EventParser((event, data, id) => {
        if (id !== "") lastId = id;
        listener.message(event, JSON.parse(data));
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(watch);
        watch = setTimeout(stop, SILENCE_MS);
        parser.push(value);
      }
    } catch (error) {
      if (signal.aborted) return;
      reason = attempt.signal.aborted
        ? "querycop has gone silent"
        : error instanceof Error && error.name === "ApiError"
        ? error.message
        : "querycop cannot be reached";
    } finally {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      attempt.abort();
    }
    if (signal.aborted) return;
    // Browsers that lost the same server should not all come back in the same moment.
    const pause = waitMs * (0.75 + Math.random() / 2);
    listener.lost(reason, pause);
    await wait(pause);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

/** Takes the text of a stream apart, however it was cut. */
export class EventParser {
  #rest = "";
  #event = "";
  #data = "";
  #id = "";
  #emit;

  /** @param {(event: string, data: string, id: string) => void} emit */
  constructor(emit) {
    this.#emit = emit;
  }

  /** @param {string} text */
  push(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  /** @param {string} line */
  #line(line) {
    if (line === "") {
      if (this.#data !== "") this.#emit(this.#event || "message", this.#data, this.#id);
      this.#event = this.#data = this.#id = "";
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return; // A comment, sent to keep the line alive.
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#event = value;
    else if (name === "id") this.#id = value;
    else if (name === "data") this.#data += this.#data === "" ? value : `\n${value}`;
  }
}
