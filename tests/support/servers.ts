/** Real MySQL and MariaDB servers for tests, each with a data folder of its own that goes when it is stopped. */
import { moveIntoPlace } from "./apt.ts";
import { cacheFolder, type Flavour, type Installation, provision } from "./installation.ts";
import { isFile, runOrThrow, tethered } from "./process.ts";

export { type Flavour, provisionMariadb, provisionMysql } from "./installation.ts";

/** How a server is started. Everything is optional but the flavour. */
export interface ServerOptions {
  readonly flavour: Flavour;
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: "127.0.0.1" | "::1";
  /** Port to listen on; a free one by default. */
  readonly port?: number;
  /** PEM files of the server's certificate; the server speaks no TLS without them. */
  readonly tls?: {
    readonly certFile: string;
    readonly keyFile: string;
    /** The CA by which client certificates are judged. */
    readonly caFile?: string;
  };
  /** Refuse logins without TLS. */
  readonly requireSecureTransport?: boolean;
  /** Further options of the server, for example `--max-connections=5`; they come last and win. */
  readonly args?: readonly string[];
  /** Use these programs instead of the provisioned ones. */
  readonly installation?: Installation;
}

/** An account to make with {@link TestServer.createUser}. */
export interface UserOptions {
  readonly name: string;
  readonly password: string;
  /** `caching_sha2_password` is MySQL's default, `mysql_native_password` MariaDB's; `ed25519` is MariaDB's alone. */
  readonly plugin?: "caching_sha2_password" | "sha256_password" | "mysql_native_password" | "ed25519";
  /** What follows REQUIRE, for example `X509`. */
  readonly require?: string;
  /** What follows GRANT; `ALL ON *.*` by default. */
  readonly grant?: string;
}

/** How long a server may take to start or stop before the test fails. Slow machines included. */
const PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** A running server. `await using server = await startServer(...)` stops it at the end of the scope. */
export class TestServer implements AsyncDisposable {
  readonly flavour: Flavour;
  /** Three numbers, for example `10.11.6`. */
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly socketPath: string;
  /** Everything the server keeps, its data and its log; gone when it is stopped. */
  readonly folder: string;
  readonly #installation: Installation;
  readonly #process: Deno.ChildProcess;
  #stopped: Promise<void> | undefined;

  /** Use {@link startServer}. */
  constructor(
    installation: Installation,
    process: Deno.ChildProcess,
    place: { readonly host: string; readonly port: number; readonly folder: string },
  ) {
    this.flavour = installation.flavour;
    this.version = installation.version;
    this.host = place.host;
    this.port = place.port;
    this.folder = place.folder;
    this.socketPath = `${place.folder}/socket`;
    this.#installation = installation;
    this.#process = process;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Runs statements as root over the socket and resolves to the rows of all their results, a value as the command
   * line client prints it: NULL is `NULL`, and tabs, newlines and backslashes are escaped. Throws with the server's
   * words where one fails.
   */
  async sql(text: string, schema = ""): Promise<string[][]> {
    const argv = [...this.#installation.client, ...this.#clientOptions(), schema].filter((arg) => arg !== "");
    const output = await runOrThrow(argv, { stdin: text });
    return output.split("\n").slice(0, -1).map((line) => line.split("\t"));
  }

  /** Makes an account that may log in from anywhere. */
  async createUser(options: UserOptions): Promise<void> {
    const { name, password, require, grant = "ALL ON *.*" } = options;
    const account = `'${name}'@'%'`;
    const secret = `'${password.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
    const plugin = options.plugin ??
      (this.flavour === "mysql" ? "caching_sha2_password" : "mysql_native_password");
    const identified = this.flavour === "mysql"
      ? `IDENTIFIED WITH ${plugin} BY ${secret}`
      : `IDENTIFIED VIA ${plugin} USING PASSWORD(${secret})`;
    await this.sql(
      `CREATE USER ${account} ${identified} ${require === undefined ? "" : `REQUIRE ${require}`};
       GRANT ${grant} TO ${account};`,
    );
  }

  /** What the server wrote to its error log until now. */
  log(): Promise<string> {
    return Deno.readTextFile(`${this.folder}/error.log`);
  }

  /** Ends the server at once, as a crash would, and leaves its folder until {@link stop}. */
  async kill(): Promise<void> {
    signal(this.#process, "SIGKILL");
    await this.#process.status;
  }

  /** Shuts the server down and removes its folder. Safe to call again. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    // Its data is about to go, so nothing is gained by an orderly shutdown.
    signal(this.#process, "SIGKILL");
    await this.#process.status;
    await Deno.remove(this.folder, { recursive: true });
  }

  #clientOptions(): string[] {
    return [
      ...(this.flavour === "mariadb" ? ["--no-defaults"] : []),
      "--user=root",
      `--socket=${this.socketPath}`,
      // Certificates that no client takes are shown on purpose; a socket of this machine needs none.
      ...(this.flavour === "mariadb" ? ["--skip-ssl"] : []),
      "--batch",
      "--skip-column-names",
      "--default-character-set=utf8mb4",
    ];
  }
}

/** Starts a server and resolves once it takes connections. Throws with the end of its log where it does not start. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const installation = options.installation ?? await provision(options.flavour);
  const template = await dataTemplate(installation);
  const folder = await Deno.makeTempDir({ prefix: `querycop-${options.flavour}-` });
  try {
    await runOrThrow(["cp", "-a", "--reflink=auto", "--sparse=always", template, `${folder}/data`]);
    const host = options.host ?? "127.0.0.1";
    const port = options.port ?? freePort(host);
    const argv = [
      ...installation.server,
      "--no-defaults",
      ...installation.serverOptions,
      ...(Deno.uid() === 0 ? ["--user=root"] : []),
      `--datadir=${folder}/data`,
      `--socket=${folder}/socket`,
      `--pid-file=${folder}/pid`,
      `--log-error=${folder}/error.log`,
      `--secure-file-priv=${folder}`,
      `--tmpdir=${folder}`,
      `--bind-address=${host}`,
      `--port=${port}`,
      "--skip-name-resolve",
      "--skip-log-bin",
      "--local-infile=ON",
      "--max-allowed-packet=64M",
      "--innodb-buffer-pool-size=64M",
      "--innodb-flush-log-at-trx-commit=0",
      ...flavourOptions(options),
      ...tlsOptions(options),
      ...(options.args ?? []),
    ];
    const [program, ...args] = await tethered(argv);
    const process = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
    const server = new TestServer(installation, process, { host, port, folder });
    await untilReady(server, process);
    return server;
  } catch (error) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** A TCP port of `host` that nothing listens on now. */
export function freePort(host: "127.0.0.1" | "::1" = "127.0.0.1"): number {
  const listener = Deno.listen({ hostname: host, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

function flavourOptions(options: ServerOptions): string[] {
  return options.flavour === "mysql"
    ? ["--mysqlx=OFF", "--innodb-redo-log-capacity=16M"]
    : ["--plugin-load-add=auth_ed25519", "--innodb-log-file-size=16M"];
}

function tlsOptions(options: ServerOptions): string[] {
  const { tls, flavour } = options;
  const secure = options.requireSecureTransport ? ["--require-secure-transport=ON"] : [];
  // MySQL finds the certificates that it made in its data folder unless TLS is off by having no version.
  if (tls === undefined) return [flavour === "mysql" ? "--tls-version=" : "--skip-ssl", ...secure];
  return [
    `--ssl-cert=${tls.certFile}`,
    `--ssl-key=${tls.keyFile}`,
    ...(tls.caFile === undefined ? [] : [`--ssl-ca=${tls.caFile}`]),
    ...secure,
  ];
}

async function untilReady(server: TestServer, process: Deno.ChildProcess): Promise<void> {
  const { ended, deadline } = { ended: { yes: false }, deadline: Date.now() + PATIENCE_MS };
  process.status.then(() => ended.yes = true);
  while (true) {
    const log = await server.log().catch(() => "");
    if (/ready for connections/.test(log)) return;
    if (ended.yes || Date.now() > deadline) {
      signal(process, "SIGKILL");
      await process.status;
      throw new Error(`${server.flavour} did not start:\n${log.slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** An initialised data folder of this release, made once a machine, for servers to copy. */
async function dataTemplate(installation: Installation): Promise<string> {
  const folder = `${cacheFolder()}/data/${installation.flavour}-${installation.version}`;
  if (await isFile(`${folder}/ibdata1`)) return folder;
  const fresh = await Deno.makeTempDir({ prefix: "querycop-initialise-" });
  try {
    const argv = [
      ...installation.initialise,
      `--datadir=${fresh}/data`,
      ...(Deno.uid() === 0 ? ["--user=root"] : []),
    ];
    await runOrThrow(argv);
    await Deno.mkdir(`${cacheFolder()}/data`, { recursive: true });
    const staged = `${folder}.staged-${Deno.pid}-${Date.now()}`;
    await runOrThrow(["cp", "-a", `${fresh}/data`, staged]);
    await moveIntoPlace(staged, folder);
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
  return folder;
}

function signal(process: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    process.kill(name);
  } catch {
    // It has ended already.
  }
}
