import { QuerycopError } from "../../base/errors.ts";
import { guarded } from "../../base/visible.ts";
import type { Output, Style } from "../../commands/context.ts";
import type { Environment } from "../../config/mod.ts";
import type { HostStream } from "./host.ts";

/** The reader of an output has gone away. Ends the command; there is nobody left to tell. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

const encoder = new TextEncoder();

/**
 * An output over a stream of the host, or over an open file. What cannot be written is an error, OutputClosed where the
 * reader is gone; with `lossy` it is dropped, for words whose loss must not end the work: notes, logs.
 */
export function createOutput(
  stream: HostStream,
  style: Style,
  env: Environment,
  options: { readonly lossy?: boolean } = {},
): Output {
  const write = (text: string | Uint8Array) => {
    let rest = typeof text === "string" ? encoder.encode(text) : text;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSome(stream, rest));
    } catch (error) {
      if (options.lossy === true) return;
      if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed();
      throw new QuerycopError(
        "output",
        `Cannot write the output: ${error instanceof Error ? error.message : error}`,
        {
          hint: "Make room where the output goes, or send it elsewhere",
          cause: error,
        },
      );
    }
  };
  return {
    isTerminal: stream.isTerminal,
    get columns() {
      return stream.columns() ?? positiveInteger(env.COLUMNS) ?? 80;
    },
    style,
    write,
    // Whatever came into the text from elsewhere: it moves no cursor and turns nothing round.
    line: (text = "") => write(guarded(text) + "\n"),
  };
}

/** Bytes taken now; a pipe in non-blocking mode that is full is tried again after a pause. */
function writeSome(stream: HostStream, bytes: Uint8Array): number {
  for (;;) {
    try {
      return stream.writeSync(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(PAUSE, 0, 0, 5);
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

function positiveInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}
