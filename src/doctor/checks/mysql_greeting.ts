import { createBackendConnector, type Stream } from "../../net/mod.ts";
import { CLIENT_SSL, hasCapability } from "../../protocol/capabilities.ts";
import { HEADER_BYTES, readPayloadLength } from "../../protocol/framing.ts";
import { decodeErr, ERR_HEADER } from "../../protocol/packets/err.ts";
import { decodeGreeting, type Greeting } from "../../protocol/packets/greeting.ts";
import { type CheckContext, failure, type Finding, type Outcome, type TargetCheck } from "../check.ts";
import { serverErrorFinding } from "../server_errors.ts";
import { nameSpokenProtocol } from "../../protocol/other_protocols.ts";
import { nameSilentProtocol } from "../other_protocols.ts";
import type { Target, TargetNotes } from "../notes.ts";

/** For an answer to a question in another protocol. */
const ANSWER_MS = 1200;
const MOST_GREETING_BYTES = 4096;

export const greetingCheck: TargetCheck = {
  id: "mysql-greeting",
  title: "a MySQL server answers: version, authentication, TLS offered; anything else is named",
  per: "target",
  needs: ["tcp"],
  limitMs: 30_000,
  run: checkGreeting,
};

async function checkGreeting(
  { input, signal, target, found, notes }: CheckContext & {
    readonly target: Target;
    readonly found: TargetNotes;
  },
): Promise<Outcome> {
  const stream = notes.take(target);
  if (stream === undefined) throw new Error("No connection was kept for the greeting");
  const first = await readFirst(stream, input.silenceMs, signal);
  if (first.kind !== "packet") {
    stream.close();
    const address = stream.remote.host;
    return failed(await explain(first, input, target, () => connectAgain(address, target, signal), signal));
  }
  if (first.payload[0] === ERR_HEADER) {
    stream.close();
    const { errno, message } = decodeErr(first.payload);
    return failed(serverErrorFinding("mysql-greeting", errno, message));
  }
  let greeting: Greeting;
  try {
    greeting = decodeGreeting(first.payload);
  } catch (error) {
    stream.close();
    const message = error instanceof Error ? error.message : String(error);
    return failed(
      failure("mysql-greeting.unreadable", message, "Connect to a MySQL or MariaDB server of this century"),
    );
  }
  found.greeting = greeting;
  notes.keep(target, stream);
  const tls = hasCapability(greeting.capabilities, CLIENT_SSL);
  return {
    summary: `${productOf(greeting)}, ${greeting.authPlugin || "no authentication plugin"}, ${
      tls ? "TLS" : "no TLS"
    }`,
    facts: {
      version: greeting.serverVersion,
      product: productOf(greeting),
      protocol: 10,
      auth_plugin: greeting.authPlugin,
      tls,
      capabilities: `0x${greeting.capabilities.toString(16)}`,
    },
  };
}

/** What a server is, by its version. */
export function productOf({ serverVersion }: Pick<Greeting, "serverVersion">): string {
  // MariaDB puts 5.5.5- before its own version for old replicas.
  const version = serverVersion.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)/i, "").slice(0, 40);
  const number = /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
  if (/vitess|psdb/i.test(version)) return `Vitess ${version}`;
  return /mariadb/i.test(version) ? `MariaDB ${number}` : `MySQL ${version}`;
}

type First =
  | { readonly kind: "packet"; readonly payload: Uint8Array }
  | { readonly kind: "other"; readonly bytes: Uint8Array }
  | { readonly kind: "silence" | "closed" };

/** A server's first packet, or what came in its place. Leaves the stream open where a packet came. */
export async function readFirst(stream: Stream, silenceMs: number, signal: AbortSignal): Promise<First> {
  const buffer = new Uint8Array(MOST_GREETING_BYTES);
  let held = 0;
  let silent = false;
  const giveUp = () => stream.close();
  const timer = setTimeout(() => {
    silent = true;
    stream.close();
  }, silenceMs);
  signal.addEventListener("abort", giveUp);
  try {
    for (;;) {
      const count = await stream.read(buffer.subarray(held));
      if (count === null) {
        return held === 0 ? { kind: "closed" } : { kind: "other", bytes: buffer.slice(0, held) };
      }
      held += count;
      const bytes = buffer.subarray(0, held);
      if (held > HEADER_BYTES && !looksLikePacket(bytes)) return { kind: "other", bytes: bytes.slice() };
      if (held < HEADER_BYTES) continue;
      const end = HEADER_BYTES + readPayloadLength(bytes, 0);
      if (held >= end) return { kind: "packet", payload: buffer.slice(HEADER_BYTES, end) };
    }
  } catch (error) {
    if (silent) return held === 0 ? { kind: "silence" } : { kind: "other", bytes: buffer.slice(0, held) };
    if (signal.aborted) throw error;
    return { kind: "closed" };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

/** Sequence 0, a length that a greeting may have, and the first byte of a greeting or an error. */
function looksLikePacket(bytes: Uint8Array): boolean {
  const length = readPayloadLength(bytes, 0);
  return bytes[3] === 0 && length > 0 && length <= MOST_GREETING_BYTES - HEADER_BYTES &&
    (bytes[4] === 9 || bytes[4] === 10 || bytes[4] === ERR_HEADER);
}

async function explain(
  first: Exclude<First, { readonly kind: "packet" }>,
  input: CheckContext["input"],
  target: Target,
  connect: () => ReturnType<typeof connectAgain>,
  signal: AbortSignal,
): Promise<Finding> {
  const port = `port ${target.port}`;
  if (first.kind === "closed") {
    return failure(
      "mysql-greeting.closed",
      `${port} takes the connection and closes it without a greeting`,
      "Let this machine's address in where the database keeps a list; a balancer there may expect a PROXY header",
    );
  }
  const other = first.kind === "other"
    ? nameSpokenProtocol(first.bytes)
    : await nameSilentProtocol(connect, Math.min(input.silenceMs, ANSWER_MS), signal);
  if (other !== undefined) {
    return failure(
      `mysql-greeting.${other.code}`,
      `${port} speaks ${other.name}, not MySQL`,
      other.code === "mysqlx"
        ? `Use the port of the classic protocol: GATEKEEPER_BACKEND_PORT=3306 or --host ${target.host}:3306`
        : `Correct the port: GATEKEEPER_BACKEND_PORT or --host ${target.host}:3306`,
    );
  }
  return first.kind === "silence"
    ? failure(
      "mysql-greeting.silent",
      `${port} takes the connection and says nothing`,
      "Check that the port is MySQL's own and that the server, or what stands before it, is not stuck",
    )
    : failure(
      "mysql-greeting.unknown",
      `${port} answers with something that is not MySQL`,
      "Correct the port: GATEKEEPER_BACKEND_PORT",
    );
}

/** Another connection to an address that took one before, for finding out more. */
export function connectAgain(address: string, target: Target, signal: AbortSignal) {
  return createBackendConnector({
    host: address,
    port: target.port,
    family: "auto",
    connectTimeoutMs: 1000,
    tls: { mode: "require" },
  }).connect(signal);
}

function failed(finding: Finding): Outcome {
  return { summary: finding.message, findings: [finding] };
}
