/** A real Vitess for tests: vtgate before vttablets before a MySQL server, with TLS required and users of its own. */
import { authority, issue, write } from "./certificates.ts";
import { runOrThrow, tethered } from "./process.ts";
import { freePort, startServer, type TestServer } from "./servers.ts";
import { VITESS_RELEASES, type VitessRelease, vtcombo } from "./vitess_build.ts";
import { DATABASES, SCHEMAS, TOPOLOGY, vschemas } from "./vitess_schema.ts";

/** How a Vitess is started. */
export interface VitessOptions {
  readonly release?: VitessRelease;
  /** Options of vtcombo, after those that are set here. */
  readonly args?: readonly string[];
  /** Further tables of keyspace `shop`, sharded by `id`, which vtgate knows and no database has. */
  readonly planned?: readonly string[];
}

/** The password of every user. */
export const VITESS_PASSWORD = "it's a secret";
/** Users by the method they log in by; `sha2_cold` is asked for its password in full each time. */
export const VITESS_USERS = {
  native: "mysql_native_password",
  sha2: "caching_sha2_password",
  sha2_cold: "caching_sha2_password",
  clear: "mysql_clear_password",
  dialog: "dialog",
} as const;
/** A user whose name has what a target is written with. */
export const PIPED_USER = "sha2|shop@replica";

const PATIENCE_MS = 60_000;
const POLL_MS = 50;
const NOBODY = 65534;

/** A running Vitess. `await using vitess = await startVitess()` stops it, and its MySQL, at the end of the scope. */
export class TestVitess implements AsyncDisposable {
  readonly version: string;
  /** vtgate's MySQL port, on 127.0.0.1. */
  readonly port: number;
  /** File of the CA that signed vtgate's certificate, which is for localhost. */
  readonly caFile: string;
  /** The server behind the tablets. */
  readonly mysql: TestServer;
  readonly #process: Deno.ChildProcess;

  /** Use {@link startVitess}. */
  constructor(
    process: Deno.ChildProcess,
    mysql: TestServer,
    facts: { readonly version: string; readonly port: number; readonly caFile: string },
  ) {
    this.#process = process;
    this.mysql = mysql;
    this.version = facts.version;
    this.port = facts.port;
    this.caFile = facts.caFile;
  }

  /** What vtcombo has written until now. */
  log(): Promise<string> {
    return Deno.readTextFile(`${this.mysql.folder}/vtcombo.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#process);
    await this.mysql.stop();
  }
}

/** Starts a Vitess and resolves once vtgate serves. Throws with the end of its log where it does not. */
export async function startVitess(options: VitessOptions = {}): Promise<TestVitess> {
  const release = options.release ?? VITESS_RELEASES[0];
  const built = await vtcombo(release);
  const mysql = await startServer({
    flavour: "mysql",
    args: ["--log-bin=binlog", "--server-id=1", "--gtid-mode=ON", "--enforce-gtid-consistency"],
  });
  let process: Deno.ChildProcess | undefined;
  try {
    for (const [keyspace, databases] of Object.entries(DATABASES)) {
      for (const database of databases) {
        await mysql.sql(`CREATE DATABASE \`${database}\`; USE \`${database}\`; ${SCHEMAS[keyspace] ?? ""}`);
      }
    }
    const { folder } = mysql;
    const files = `${folder}/vitess`;
    await Deno.mkdir(files);
    // Where the cache is in root's home, nobody else may run what is there.
    const program = `${files}/vtcombo`;
    await runOrThrow(["cp", "--reflink=auto", built, program]);
    for (const [keyspace, vschema] of Object.entries(vschemas(options.planned))) {
      await Deno.mkdir(`${files}/${keyspace}`);
      await Deno.writeTextFile(`${files}/${keyspace}/vschema.json`, JSON.stringify(vschema));
    }
    const certificate = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
    await Deno.copyFile(certificate.cert, `${files}/cert.pem`);
    await Deno.copyFile(certificate.key, `${files}/key.pem`);
    await Deno.writeTextFile(`${files}/users.json`, JSON.stringify(users()));
    const [port, web, grpc] = [freePort(), freePort(), freePort()];
    const argv = [
      program,
      `--port=${web}`,
      "--bind-address=127.0.0.1",
      `--grpc-port=${grpc}`,
      "--grpc-bind-address=127.0.0.1",
      ...["app", "dba", "allprivs", "appdebug", "filtered", "repl"].map((role) => `--db-${role}-user=root`),
      `--db-socket=${mysql.socketPath}`,
      "--db-charset=utf8mb4",
      "--mycnf-server-id=1",
      `--mycnf-socket-file=${mysql.socketPath}`,
      `--json-topo=${JSON.stringify(TOPOLOGY)}`,
      `--schema-dir=${files}`,
      "--tablet-types-to-wait=PRIMARY",
      "--foreign-key-mode=disallow",
      "--queryserver-config-transaction-timeout=20s",
      `--mysql-server-port=${port}`,
      "--mysql-server-bind-address=127.0.0.1",
      "--mysql-auth-server-impl=static",
      `--users=${files}/users.json`,
      `--mysql-server-ssl-cert=${files}/cert.pem`,
      `--mysql-server-ssl-key=${files}/key.pem`,
      "--mysql-server-require-secure-transport",
      ...options.args ?? [],
    ];
    process = await start(argv, folder, files);
    const vitess = new TestVitess(process, mysql, { version: release.version, port, caFile: certificate.ca });
    await untilServing(vitess, process);
    return vitess;
  } catch (error) {
    if (process !== undefined) await end(process);
    await mysql.stop();
    throw error;
  }
}

/** Vitess refuses to run as root, so root runs it as nobody. */
async function start(argv: readonly string[], folder: string, files: string): Promise<Deno.ChildProcess> {
  const isRoot = Deno.uid() === 0;
  if (isRoot) {
    await Deno.chmod(folder, 0o755);
    await runOrThrow(["chown", "-R", `${NOBODY}:${NOBODY}`, files]);
  }
  const drop = isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
  const redirect = 'log=$1; shift; exec "$@" >"$log" 2>&1';
  const [program, ...args] = await tethered([
    "sh",
    "-c",
    redirect,
    "sh",
    `${folder}/vtcombo.log`,
    ...drop,
    ...await tethered(argv),
  ]);
  return new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    env: { VTDATAROOT: files },
  }).spawn();
}

function users(): Record<string, readonly Record<string, string>[]> {
  const entry = [{ Password: VITESS_PASSWORD, UserData: "app" }];
  return Object.fromEntries([...Object.keys(VITESS_USERS), PIPED_USER].map((name) => [name, entry]));
}

async function untilServing(vitess: TestVitess, process: Deno.ChildProcess): Promise<void> {
  let ended = false;
  process.status.then(() => ended = true);
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: vitess.port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    if (ended || Date.now() > deadline) {
      throw new Error(`vtcombo ${vitess.version} did not start:\n${(await vitess.log()).slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function end(process: Deno.ChildProcess): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await process.status;
}
