import { ProtocolError } from "../base/errors.ts";
import { formatDurationMs } from "../base/duration.ts";
import { decodeProxyHeader, MAX_PROXY_HEADER_BYTES } from "./proxy_header.ts";
import type { Endpoint, Stream } from "./stream.ts";

/** Who the client behind a balancer is, and what it has already sent. */
export interface ProxiedClient {
  /** The stream's own peer where the balancer speaks for itself (health checks). */
  readonly client: Endpoint;
  /** Bytes that came after the header and belong to the client. */
  readonly leftover: Uint8Array;
}

/**
 * Reads the PROXY header that a balancer sends before anything else. Errors: `ProtocolError` where there is none, it
 * is malformed, incomplete at the end of the stream or not there in time. The stream is closed on a timeout and
 * otherwise left to the caller.
 */
export async function readProxyHeader(stream: Stream, timeoutMs: number): Promise<ProxiedClient> {
  const buffer = new Uint8Array(MAX_PROXY_HEADER_BYTES);
  let filled = 0;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stream.close();
  }, timeoutMs);
  try {
    while (true) {
      const count = await stream.read(buffer.subarray(filled));
      if (count === null) throw new ProtocolError("The connection ended before the PROXY protocol header");
      filled += count;
      const header = decodeProxyHeader(buffer.subarray(0, filled));
      if (header === undefined) continue;
      return {
        client: header.client ?? stream.remote,
        leftover: buffer.slice(header.length, filled),
      };
    }
  } catch (error) {
    if (!timedOut) throw error;
    throw new ProtocolError(`No PROXY protocol header within ${formatDurationMs(timeoutMs)}`, {
      hint: "Let the balancer send the PROXY protocol, or turn it off here",
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
