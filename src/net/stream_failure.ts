import type { ConnectReason } from "../base/errors.ts";

/** Why a stream ended by an error, for counting and for people. */
export interface StreamFailure {
  readonly reason: Extract<ConnectReason, "reset" | "closed" | "timeout" | "unreachable" | "failed">;
  /** In words, lower case, no period. */
  readonly text: string;
}

const RESET: StreamFailure = { reason: "reset", text: "the connection was reset by the peer" };
const CLOSED: StreamFailure = { reason: "closed", text: "the peer closed the connection" };
const TIMEOUT: StreamFailure = { reason: "timeout", text: "the peer stopped answering" };
const UNREACHABLE: StreamFailure = { reason: "unreachable", text: "the peer became unreachable" };

const CODES: Readonly<Record<string, StreamFailure>> = {
  ECONNRESET: RESET,
  ECONNABORTED: RESET,
  EPIPE: CLOSED,
  ENOTCONN: CLOSED,
  ETIMEDOUT: TIMEOUT,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
};

/**
 * What an error of `read`, `write` or a handshake means. A TLS peer that closes without saying so (`close_notify`),
 * as MySQL servers do, is `closed`: the lengths in MySQL's packets tell whether anything is missing.
 */
export function streamFailure(error: unknown): StreamFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = CODES[code];
  if (known !== undefined) return known;
  if (error instanceof Deno.errors.UnexpectedEof) return CLOSED;
  if (error instanceof Deno.errors.ConnectionReset) return RESET;
  if (error instanceof Deno.errors.BrokenPipe) return CLOSED;
  const text = error instanceof Error ? error.message : String(error);
  if (/closed the connection|connection was closed|socket hang up|disconnected before secure/i.test(text)) {
    return CLOSED;
  }
  return { reason: "failed", text };
}
