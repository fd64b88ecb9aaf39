import type { ConnectReason } from "../base/errors.ts";
import type { IpFamily } from "./address.ts";

/** One step of a dial that failed: a lookup of one family, or an attempt at one address. */
export interface DialFailure {
  readonly phase: "dns" | "tcp";
  readonly family: IpFamily;
  /** `undefined` for a lookup. */
  readonly address: string | undefined;
  readonly reason: ConnectReason;
  /** In words, without the address. */
  readonly text: string;
  readonly cause: unknown;
}

const REASONS: Readonly<Record<string, readonly [ConnectReason, string]>> = {
  ENOTFOUND: ["not_found", "no address found"],
  ENODATA: ["not_found", "no address found"],
  EAI_NONAME: ["not_found", "no address found"],
  EAI_NODATA: ["not_found", "no address found"],
  EAI_AGAIN: ["failed", "the DNS server did not answer"],
  ECONNREFUSED: ["refused", "connection refused"],
  ECONNRESET: ["reset", "connection reset"],
  ETIMEDOUT: ["timeout", "timed out"],
  EHOSTUNREACH: ["unreachable", "no route to host"],
  ENETUNREACH: ["unreachable", "network unreachable"],
  ENETDOWN: ["unreachable", "network is down"],
  EADDRNOTAVAIL: ["unreachable", "no local address of that family"],
  EAFNOSUPPORT: ["unreachable", "this machine does not support that family"],
  EACCES: ["failed", "forbidden by this machine's firewall or policy"],
  EPERM: ["failed", "forbidden by this machine's firewall or policy"],
  EMFILE: ["failed", "this process has too many open files"],
  ENFILE: ["failed", "this machine has too many open files"],
};

/** What a system error means, in words; errors without a known code keep their own message. */
export function dialFailure(error: unknown): Pick<DialFailure, "reason" | "text" | "cause"> {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = REASONS[code];
  if (known !== undefined) return { reason: known[0], text: known[1], cause: error };
  return { reason: "failed", text: error instanceof Error ? error.message : String(error), cause: error };
}
