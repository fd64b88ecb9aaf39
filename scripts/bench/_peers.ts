import { freePort, type TestServer } from "../../tests/support/servers.ts";
import { findProgram } from "../../tests/support/process.ts";
import { mysqlProgram, mysqlRoot } from "../../tests/support/installation.ts";
import { untilListening } from "./_process.ts";

/** One way to the same database. */
export interface Peer {
  readonly name: string;
  /** Where clients connect. */
  readonly port: number;
  /** Process whose CPU time counts; `undefined` for the direct way. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

export interface PeerContext {
  readonly server: TestServer;
  readonly caFile: string;
  readonly folder: string;
}

const SOURCE = new URL("../../src/main.ts", import.meta.url).pathname;

/** The server itself. */
export function direct({ server }: PeerContext): Promise<Peer> {
  return Promise.resolve({
    name: "direct",
    port: server.port,
    pid: undefined,
    stop: () => Promise.resolve(),
  });
}

/** querycop with verified TLS to the server, or without. `binary` is an executable; without it the source is run. */
export async function querycop(
  context: PeerContext,
  tls: boolean,
  binary: string | undefined,
): Promise<Peer> {
  const port = freePort();
  const argv = binary === undefined
    ? [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", SOURCE]
    : [binary];
  return await spawn(`querycop ${tls ? "verify-full" : "no TLS"}`, argv, port, {
    GATEKEEPER_BACKEND_HOST: "127.0.0.1",
    GATEKEEPER_BACKEND_PORT: String(context.server.port),
    GATEKEEPER_BACKEND_TLS_MODE: tls ? "verify-full" : "disable",
    ...(tls ? { GATEKEEPER_BACKEND_TLS_CA_FILE: context.caFile } : {}),
    GATEKEEPER_LISTEN_PORT: String(port),
    GATEKEEPER_API_PORT: String(freePort()),
    GATEKEEPER_DATA_DIR: `${context.folder}/querycop-${port}`,
    GATEKEEPER_LOG_LEVEL: "error",
    GATEKEEPER_MAX_RESPONSE_MB: "0",
    GATEKEEPER_MAX_WINDOW_MB: "0",
    GATEKEEPER_MAX_CONNECTIONS: "5000",
  });
}

/** MySQL Router with the same TLS legs: none to the client, verified to the server. */
export async function mysqlRouter(context: PeerContext): Promise<Peer> {
  const port = freePort();
  const config = `${context.folder}/router.conf`;
  await Deno.writeTextFile(
    config,
    `[DEFAULT]
logging_folder=${context.folder}
runtime_folder=${context.folder}
data_folder=${context.folder}
plugin_folder=${mysqlRoot()}/usr/lib/mysqlrouter/plugin
user=root
max_total_connections=5000
[logger]
level=WARNING
[routing:bench]
bind_address=127.0.0.1
bind_port=${port}
destinations=127.0.0.1:${context.server.port}
routing_strategy=first-available
protocol=classic
client_ssl_mode=DISABLED
server_ssl_mode=REQUIRED
server_ssl_verify=VERIFY_IDENTITY
server_ssl_ca=${context.caFile}
max_connections=5000
`,
  );
  // Router's own libraries lie in a folder that the loader is not told of.
  const argv = (await mysqlProgram("usr/bin/mysqlrouter")).map((arg, index, all) =>
    all[index - 1] === "--library-path" ? `${arg}:${mysqlRoot()}/usr/lib/mysql-router` : arg
  );
  return await spawn("MySQL Router verify", [...argv, "-c", config], port, {});
}

/** HAProxy in TCP mode; `undefined` where it is not installed. */
export async function haproxy(context: PeerContext): Promise<Peer | undefined> {
  const program = await findProgram("haproxy");
  if (program === undefined) return undefined;
  const port = freePort();
  const config = `${context.folder}/haproxy.cfg`;
  await Deno.writeTextFile(
    config,
    `global
  maxconn 8000
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen mysql
  bind 127.0.0.1:${port}
  server s 127.0.0.1:${context.server.port}
`,
  );
  return await spawn("HAProxy TCP", [program, "-db", "-f", config], port, {});
}

async function spawn(
  name: string,
  argv: readonly string[],
  port: number,
  env: Record<string, string>,
): Promise<Peer> {
  const [program, ...args] = argv;
  const child = new Deno.Command(program ?? "", {
    args,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const ended = child.status.then(() => Promise.reject(new Error(`${name} did not start`)));
  await Promise.race([untilListening(port, name), ended]);
  ended.catch(() => {});
  return {
    name,
    port,
    pid: child.pid,
    stop: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
