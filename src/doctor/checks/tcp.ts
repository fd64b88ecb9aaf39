import { defaultOf } from "../../config/mod.ts";
import { formatDurationMs } from "../../base/duration.ts";
import { ConnectError, type ConnectReason } from "../../base/errors.ts";
import { type BackendStream, createBackendConnector, ipFamily } from "../../net/mod.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  type Outcome,
  type TargetCheck,
} from "../check.ts";
import type { Target, TargetNotes } from "../notes.ts";

/** An address that has not answered by then is slow, and others are not held up by it. */
const SOON_MS = 4000;

export const tcpCheck: TargetCheck = {
  id: "tcp",
  title: "every address of both families takes a connection",
  per: "target",
  needs: ["dns"],
  limitMs: 30_000,
  run: checkTcp,
};

interface Attempt {
  readonly address: string;
  readonly family: 4 | 6;
  readonly tookMs: number;
  readonly failure: { readonly reason: ConnectReason; readonly text: string } | undefined;
  readonly stream: BackendStream | undefined;
}

async function checkTcp(
  { input, signal, target, found, notes }: CheckContext & {
    readonly target: Target;
    readonly found: TargetNotes;
  },
): Promise<Outcome> {
  const wanted = input.inspected.config.backendIpFamily ?? defaultOf("backendIpFamily");
  const { ipv4, ipv6 } = found.answer ?? { ipv4: { addresses: [] }, ipv6: { addresses: [] } };
  const addresses = [...wanted === "6" ? [] : ipv4.addresses, ...wanted === "4" ? [] : ipv6.addresses];
  const attempts = await connectAll(addresses, target.port, input.silenceMs, signal);
  const made = attempts.filter((attempt) => attempt.failure === undefined).sort((a, b) =>
    a.tookMs - b.tookMs
  );
  const failed = attempts.filter((attempt) => attempt.failure !== undefined);
  found.reachable = made.map(({ address }) => address);
  // The first is kept for the greeting: a server counts connections that say nothing against this machine.
  for (const [index, { stream }] of made.entries()) {
    if (index === 0 && stream !== undefined) notes.keep(target, stream);
    else stream?.close();
  }
  // What the end of the run stopped says nothing of the network.
  signal.throwIfAborted();
  const facts = {
    addresses: attempts.map(({ address, tookMs, failure }) => ({
      address,
      connected: failure === undefined,
      reason: failure?.reason ?? null,
      ms: Math.round(tookMs),
    })),
  };
  const details = attempts.length > 1 ? attempts.map(describe) : [];
  const best = made[0];
  if (best === undefined) return { summary: "", details, findings: [unreachable(target, failed)], facts };
  const words = attempts.length === 1 ? best.address : `${made.length} of ${attempts.length} addresses`;
  return {
    summary: `${words}, port ${target.port}, in ${Math.max(1, Math.round(best.tookMs))} ms`,
    details: failed.length > 0 ? details : [],
    findings: partly(made, failed),
    facts,
  };
}

/** Tries every address; where none answers soon, once more for as long as serve would wait. */
async function connectAll(
  addresses: readonly string[],
  port: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly Attempt[]> {
  const all = (withinMs: number) =>
    Promise.all(addresses.map((address) => connect(address, port, withinMs, signal)));
  const soon = await all(Math.min(SOON_MS, limitMs));
  const late = soon.every(({ failure }) => failure?.reason === "timeout");
  return late && limitMs > SOON_MS ? await all(limitMs) : soon;
}

async function connect(
  address: string,
  port: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<Attempt> {
  const family = ipFamily(address) ?? 4;
  const started = performance.now();
  const connector = createBackendConnector({
    host: address,
    port,
    family: "auto",
    connectTimeoutMs: limitMs,
    tls: { mode: "require" },
  });
  try {
    const stream = await connector.connect(signal);
    return { address, family, tookMs: performance.now() - started, failure: undefined, stream };
  } catch (error) {
    const reason = error instanceof ConnectError ? error.reason : "failed";
    const text = reason === "timeout"
      ? `no answer within ${formatDurationMs(limitMs)}`
      : WORDS[reason] ?? (error instanceof Error ? error.message : String(error));
    return {
      address,
      family,
      tookMs: performance.now() - started,
      failure: { reason, text },
      stream: undefined,
    };
  }
}

const WORDS: Readonly<Partial<Record<ConnectReason, string>>> = {
  refused: "connection refused",
  unreachable: "no route to it",
  reset: "connection reset",
  aborted: "stopped",
};

function describe({ address, tookMs, failure }: Attempt): string {
  return `${address}: ${failure?.text ?? `connected in ${Math.max(1, Math.round(tookMs))} ms`}`;
}

function unreachable(target: Target, failed: readonly Attempt[]): Finding {
  const reasons = new Set(failed.map(({ failure }) => failure?.reason));
  const first = failed[0];
  const where = failed.length === 1
    ? `${first?.address} port ${target.port}`
    : `any of ${failed.length} addresses, port ${target.port}`;
  const words = failed.length === 1
    ? first?.failure?.text
    : [...new Set(failed.map(({ failure }) => failure?.text))].join("; ");
  const message = `cannot connect to ${where}: ${words}`;
  if (reasons.has("refused")) {
    return failure(
      "tcp.refused",
      message,
      "Check that the database runs there and that the port is right (GATEKEEPER_BACKEND_PORT)",
    );
  }
  if (reasons.has("timeout")) {
    return failure(
      "tcp.timeout",
      message,
      `Let this machine out to port ${target.port}: firewall, security group, network policy or proxy`,
    );
  }
  if (reasons.has("unreachable")) {
    return failure("tcp.unreachable", message, "Check this machine's routes and its default gateway");
  }
  return failure("tcp.failed", message, "Check the network between here and the database");
}

/** Some addresses answer and others do not. */
function partly(made: readonly Attempt[], failed: readonly Attempt[]): readonly Finding[] {
  const families = new Set(made.map(({ family }) => family));
  return ([6, 4] as const).flatMap((family) => {
    const dead = failed.filter((attempt) => attempt.family === family);
    const [first] = dead;
    if (first === undefined) return [];
    const list = dead.map(({ address }) => address).join(", ");
    const message = `IPv${family} ${list}: ${first.failure?.text}`;
    if (families.has(family)) {
      return [
        caution(
          "tcp.some_dead",
          `${message}; others answer`,
          "Connections that pick it are slower; tell who runs the database",
        ),
      ];
    }
    const other = family === 6 ? 4 : 6;
    return [
      caution(
        `tcp.ipv${family}_dead`,
        `${message}; IPv${other} answers`,
        `Set GATEKEEPER_BACKEND_IP_FAMILY=${other}, or fix this machine's IPv${family} route`,
      ),
    ];
  });
}
