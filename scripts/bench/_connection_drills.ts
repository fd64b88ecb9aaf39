/** Drills of connections: many that come and go, many that end at once, descriptors that run out. */
import { authority, issue, write } from "../../tests/support/certificates.ts";
import { startServer, type TestServer } from "../../tests/support/servers.ts";
import { WireClient } from "../../tests/support/wire_client.ts";
import type { Drill, DrillContext, Finding } from "./drills.ts";
import { type Peer, querycop } from "./_peers.ts";

const USER = "drill";
const PASSWORD = "drill-password";
const STORM_CLIENTS = 200;
const BURST_CLIENTS = 2000;
const CLIENT_SCRIPT = new URL("_storming_clients.ts", import.meta.url).pathname;

export const CONNECTION_DRILLS: readonly Drill[] = [
  { name: "storm", run: (context) => withBackend((server, caFile) => storm(context, server, caFile)) },
  { name: "burst", run: (context) => withBackend((server, caFile) => burst(context, server, caFile)) },
];

/** A MySQL server with TLS and an account, and the CA file to verify it by. */
async function withBackend<T>(use: (server: TestServer, caFile: string) => Promise<T>): Promise<T> {
  const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
  await using server = await startServer({
    flavour: "mysql",
    tls: { certFile: files.cert, keyFile: files.key },
    args: ["--max-connections=5000", "--innodb-buffer-pool-size=128M", "--table-open-cache=400"],
  });
  await server.createUser({ name: USER, password: PASSWORD });
  return await use(server, files.ca);
}

async function withQuerycop<T>(
  { binary }: DrillContext,
  server: TestServer,
  caFile: string,
  use: (peer: Peer & { readonly pid: number }) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-drill-" });
  const peer = await querycop({ server, caFile, folder }, true, binary);
  try {
    return await use({ ...peer, pid: peer.pid ?? 0 });
  } finally {
    await peer.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Clients that log in, ask and leave: descriptors stay under twice the clients. */
function storm(context: DrillContext, server: TestServer, caFile: string): Promise<readonly Finding[]> {
  return withQuerycop(context, server, caFile, async ({ port, pid }) => {
    const idle = descriptors(pid);
    const clients = startClients(port, STORM_CLIENTS, context.seconds);
    let most = 0;
    const watch = setInterval(() => most = Math.max(most, descriptors(pid) - idle), 100);
    const { done, failed, reason } = await clients.result();
    clearInterval(watch);
    await pause(1000);
    const after = descriptors(pid) - idle;
    return [
      atMost("descriptors above idle, at most", most, 2 * STORM_CLIENTS),
      atMost("descriptors above idle, 1 s after", after, 10),
      atMost(`logins that failed of ${done}${failed === 0 ? "" : `: ${reason}`}`, failed, 0),
      { what: "logins a second", seen: (done / context.seconds).toFixed(0), wanted: "", good: done > 0 },
    ];
  });
}

/** Many connections that end at once: the next login does not wait for them. */
function burst(context: DrillContext, server: TestServer, caFile: string): Promise<readonly Finding[]> {
  return withQuerycop(context, server, caFile, async ({ port, pid }) => {
    const before = descriptors(pid);
    const usual = await median(9, () => loginMs(port));
    const clients = startClients(port, BURST_CLIENTS, 0);
    await clients.line();
    clients.go();
    const next = await loginMs(port);
    await clients.result();
    await pause(1000);
    return [
      { what: "usual login, ms", seen: usual.toFixed(0), wanted: "", good: true },
      // The ends themselves are work for one thread: half a millisecond each.
      atMost(`login right after ${BURST_CLIENTS} ends, ms`, Math.round(next), BURST_CLIENTS / 2),
      atMost("descriptors above idle, 1 s after", descriptors(pid) - before, 10),
    ];
  });
}

async function loginMs(port: number): Promise<number> {
  const started = performance.now();
  using _client = await WireClient.login({ port, user: USER, password: PASSWORD });
  return performance.now() - started;
}

async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let index = 0; index < times; index++) values.push(await measure());
  return values.toSorted((a, b) => a - b)[times >> 1] as number;
}

/** Clients in a process of their own. */
function startClients(port: number, count: number, seconds: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", CLIENT_SCRIPT],
    env: {
      PORT: String(port),
      CLIENTS: String(count),
      SECONDS: String(seconds),
      DB_USER: USER,
      MYSQL_PWD: PASSWORD,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = child.stdin.getWriter();
  const line = async (): Promise<string> => (await lines.read()).value ?? "";
  return {
    line,
    /** Lets them leave. */
    go: () => void writer.write(new Uint8Array(1)),
    result: async () => {
      const result = JSON.parse(await line()) as { done: number; failed: number; reason: string };
      await writer.close().catch(() => {});
      await child.status;
      return result;
    },
  };
}

function descriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

function atMost(what: string, seen: number, most: number): Finding {
  return { what, seen: String(seen), wanted: `at most ${most}`, good: seen <= most };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
