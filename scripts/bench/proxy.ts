import { parseArgs } from "node:util";
import { installPackages } from "../../tests/support/apt.ts";
import { authority, issue, write } from "../../tests/support/certificates.ts";
import { findProgram } from "../../tests/support/process.ts";
import { startServer } from "../../tests/support/servers.ts";
import { direct, haproxy, mysqlRouter, type Peer, type PeerContext, querycop } from "./_peers.ts";
import { cpuMs, median, output, printTable, rssBytes } from "./_process.ts";

const USER = "bench";
const PASSWORD = "bench-password";
const SCHEMA = "bench";
const TABLE_ROWS = 10_000;
const BULK_ROWS = 200_000;
const BULK_BYTES = BULK_ROWS * 1000;
const IDLE_CONNECTIONS = 1000;

const HELP = `deno task bench proxy [--rounds 8] [--seconds 2] [--binary FILE] [--only queries,latency,...]

Measures querycop, MySQL Router with the same TLS legs, HAProxy in TCP mode and the direct way, alternating, and prints
medians. Parts: queries, latency, connections, bulk, idle.`;

/** What one run of sysbench says. */
interface Load {
  readonly queries: number;
  readonly seconds: number;
  readonly cpuMs: number;
  readonly histogram: readonly (readonly [ms: number, count: number])[];
}

/** Runs the comparison and prints its tables. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "8" },
      seconds: { type: "string", default: "2" },
      binary: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const wanted = (part: string) => values.only === undefined || values.only.split(",").includes(part);
  if (await findProgram("sysbench") === undefined) await installPackages("sysbench", ["sysbench"]);
  if (await findProgram("haproxy") === undefined) await installPackages("HAProxy", ["haproxy"]);
  const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
  const folder = await Deno.makeTempDir({ prefix: "querycop-bench-" });
  await using server = await startServer({
    flavour: "mysql",
    tls: { certFile: files.cert, keyFile: files.key },
    args: ["--max-connections=3000", "--innodb-buffer-pool-size=512M", "--table-open-cache=400"],
  });
  await prepare(server);
  const context: PeerContext = { server, caFile: files.ca, folder };
  const peers: Peer[] = [];
  try {
    peers.push(
      await direct(context),
      await querycop(context, true, values.binary),
      await mysqlRouter(context),
    );
    peers.push(await querycop(context, false, values.binary));
    const plain = await haproxy(context);
    if (plain !== undefined) peers.push(plain);
    const rounds = Number(values.rounds);
    const seconds = Number(values.seconds);
    for (const peer of peers) await load(peer, 16, 1);
    if (wanted("queries")) await queries(peers, rounds, seconds);
    if (wanted("latency")) await latency(peers, rounds, seconds);
    if (wanted("connections")) await connections(peers, Math.max(3, rounds >> 1), seconds);
    if (wanted("bulk")) await bulk(peers, Math.max(3, rounds >> 1));
    if (wanted("idle")) await idle(peers);
  } finally {
    for (const peer of peers) await peer.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function prepare(server: Awaited<ReturnType<typeof startServer>>): Promise<void> {
  await server.createUser({ name: USER, password: PASSWORD });
  await server.sql(`CREATE DATABASE ${SCHEMA};
    CREATE TABLE ${SCHEMA}.sbtest1 (id INT PRIMARY KEY AUTO_INCREMENT, k INT NOT NULL DEFAULT 0,
      c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', KEY (k));
    SET SESSION cte_max_recursion_depth = 1000000;
    INSERT INTO ${SCHEMA}.sbtest1 (k, c, pad) WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE
      n < ${TABLE_ROWS}) SELECT n, REPEAT('c', 119), REPEAT('p', 59) FROM s;
    CREATE TABLE ${SCHEMA}.bulk (v VARCHAR(1000) NOT NULL);
    INSERT INTO ${SCHEMA}.bulk WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${BULK_ROWS})
      SELECT REPEAT('x', 990) FROM s;`);
}

/** Point selects for a while, as text. */
async function load(peer: Peer, threads: number, seconds: number): Promise<Load> {
  const before = peer.pid === undefined ? 0 : cpuMs(peer.pid);
  const text = await output([
    "sysbench",
    "oltp_point_select",
    "--db-driver=mysql",
    "--mysql-host=127.0.0.1",
    `--mysql-port=${peer.port}`,
    `--mysql-user=${USER}`,
    `--mysql-password=${PASSWORD}`,
    `--mysql-db=${SCHEMA}`,
    "--tables=1",
    `--table-size=${TABLE_ROWS}`,
    `--threads=${threads}`,
    `--time=${seconds}`,
    "--db-ps-mode=disable",
    "--histogram=on",
    "run",
  ]);
  const after = peer.pid === undefined ? 0 : cpuMs(peer.pid);
  const histogram = [...text.matchAll(/^\s+([\d.]+) \|.*?\s(\d+)$/gm)].map(([, ms, count]) =>
    [Number(ms), Number(count)] as const
  );
  return {
    queries: Number(/total:\s+(\d+)/.exec(text)?.[1]),
    seconds: Number(/total time:\s+([\d.]+)s/.exec(text)?.[1]),
    cpuMs: after - before,
    histogram,
  };
}

async function queries(peers: readonly Peer[], rounds: number, seconds: number): Promise<void> {
  const results = await alternate(peers, rounds, (peer) => load(peer, 16, seconds));
  const micros = (peer: Peer) => median(results(peer).map((one) => one.cpuMs * 1000 / one.queries));
  heading(`Point selects as text, 16 clients, ${rounds} alternating rounds of ${seconds} s (medians)`);
  printTable([
    ["", "queries/s", "CPU us/query", "against Router", "against HAProxy"],
    ...peers.map((peer) => [
      peer.name,
      median(results(peer).map((one) => one.queries / one.seconds)).toFixed(0),
      peer.pid === undefined ? "" : micros(peer).toFixed(1),
      peer.pid === undefined ? "" : ratio(peers, results, peer, "Router", (one) => one.cpuMs / one.queries),
      peer.pid === undefined ? "" : ratio(peers, results, peer, "HAProxy", (one) => one.cpuMs / one.queries),
    ]),
  ]);
}

async function latency(peers: readonly Peer[], rounds: number, seconds: number): Promise<void> {
  const results = await alternate(peers, rounds, (peer) => load(peer, 1, seconds));
  const at = (peer: Peer, share: number) =>
    median(results(peer).map((one) => percentile(one.histogram, share)));
  const straight = peers[0] as Peer;
  heading("Latency of a point select, one client, in microseconds; added to the direct way's in brackets");
  printTable([
    ["", "p50", "p95", "p99"],
    ...peers.map((peer) => [
      peer.name,
      ...[0.5, 0.95, 0.99].map((share) => {
        const value = at(peer, share) * 1000;
        const added = value - at(straight, share) * 1000;
        return peer === straight ? value.toFixed(0) : `${value.toFixed(0)} (+${added.toFixed(0)})`;
      }),
    ]),
  ]);
}

async function connections(peers: readonly Peer[], rounds: number, seconds: number): Promise<void> {
  const script = new URL("_connecting_clients.ts", import.meta.url).pathname;
  const results = await alternate(peers, rounds, async (peer) => {
    const before = peer.pid === undefined ? 0 : cpuMs(peer.pid);
    const text = await output(
      [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", script],
      { PORT: String(peer.port), SECONDS: String(seconds), DB_USER: USER, MYSQL_PWD: PASSWORD },
    );
    return { queries: Number(text), seconds, cpuMs: peer.pid === undefined ? 0 : cpuMs(peer.pid) - before };
  });
  heading("A connection, a login and one query each, 8 clients");
  printTable([
    ["", "connections/s", "CPU us/connection", "against Router"],
    ...peers.map((peer) => [
      peer.name,
      median(results(peer).map((one) => one.queries / one.seconds)).toFixed(0),
      peer.pid === undefined
        ? ""
        : median(results(peer).map((one) => one.cpuMs * 1000 / one.queries)).toFixed(0),
      peer.pid === undefined ? "" : ratio(peers, results, peer, "Router", (one) => one.cpuMs / one.queries),
    ]),
  ]);
}

async function bulk(peers: readonly Peer[], rounds: number): Promise<void> {
  const results = await alternate(peers, rounds, async (peer) => {
    const before = peer.pid === undefined ? 0 : cpuMs(peer.pid);
    const started = performance.now();
    await output([
      "sh",
      "-c",
      `mariadb --no-defaults --quick --batch --skip-column-names -h 127.0.0.1 -P ${peer.port} -u ${USER} ` +
      `${SCHEMA} -e 'SELECT v FROM bulk' > /dev/null`,
    ], { MYSQL_PWD: PASSWORD });
    return {
      seconds: (performance.now() - started) / 1000,
      cpuMs: peer.pid === undefined ? 0 : cpuMs(peer.pid) - before,
    };
  });
  heading(`One result of ${BULK_BYTES / 1e6} MB`);
  printTable([
    ["", "MB/s", "CPU ms", "against Router"],
    ...peers.map((peer) => [
      peer.name,
      median(results(peer).map((one) => BULK_BYTES / 1e6 / one.seconds)).toFixed(0),
      peer.pid === undefined ? "" : median(results(peer).map((one) => one.cpuMs)).toFixed(0),
      peer.pid === undefined ? "" : ratio(peers, results, peer, "Router", (one) => one.cpuMs),
    ]),
  ]);
}

async function idle(peers: readonly Peer[]): Promise<void> {
  const rows: string[][] = [["", "KB a connection", "connections"]];
  for (const peer of peers) {
    if (peer.pid === undefined) continue;
    const before = rssBytes(peer.pid);
    const worker = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--allow-all",
        new URL("_idle_clients.ts", import.meta.url).pathname,
      ],
      env: { PORT: String(peer.port), COUNT: String(IDLE_CONNECTIONS), DB_USER: USER, MYSQL_PWD: PASSWORD },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = worker.stdout.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const after = rssBytes(peer.pid);
    worker.kill("SIGKILL");
    await worker.status;
    reader.releaseLock();
    await worker.stdout.cancel();
    await worker.stdin.close().catch(() => {});
    rows.push([peer.name, ((after - before) / 1024 / IDLE_CONNECTIONS).toFixed(1), String(IDLE_CONNECTIONS)]);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  heading(`Resident memory of ${IDLE_CONNECTIONS} idle connections that have each run one query`);
  printTable(rows);
}

/** Runs `measure` for every peer in turn, round after round, and gives the results by peer. */
async function alternate<T>(
  peers: readonly Peer[],
  rounds: number,
  measure: (peer: Peer) => Promise<T>,
): Promise<(peer: Peer) => readonly T[]> {
  const results = new Map<Peer, T[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    // The order turns, so that no peer always runs behind the same one.
    for (let index = 0; index < peers.length; index++) {
      const peer = peers[(index + round) % peers.length] as Peer;
      (results.get(peer) as T[]).push(await measure(peer));
    }
  }
  return (peer) => results.get(peer) as T[];
}

/** The median over rounds of a peer's cost divided by another's in the same round. */
function ratio<T>(
  peers: readonly Peer[],
  results: (peer: Peer) => readonly T[],
  peer: Peer,
  against: string,
  cost: (one: T) => number,
): string {
  const other = peers.find(({ name }) => name.includes(against));
  if (other === undefined) return "";
  const others = results(other);
  return median(results(peer).map((one, round) => cost(one) / cost(others[round] as T))).toFixed(2);
}

function percentile(histogram: Load["histogram"], share: number): number {
  const total = histogram.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [ms, count] of histogram) {
    seen += count;
    if (seen >= total * share) return ms;
  }
  return Number.NaN;
}

function heading(text: string): void {
  console.log(`\n${text}`);
}
