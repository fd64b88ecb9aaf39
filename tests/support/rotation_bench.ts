/** Everything that a rotation meets, on this machine: a database with TLS, PlanetScale's API, and a place for sinks. */
import { ServerError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { connectMysql, createMysqlConnector } from "../../src/client/mod.ts";
import { authority, issue, write } from "./certificates.ts";
import { Dialogue } from "./dialogue.ts";
import { mysqlAccounts } from "./planetscale_accounts.ts";
import {
  type PlanetScaleApiOptions,
  ROTATING_TOKEN,
  startPlanetScaleApi,
  type TestPlanetScaleApi,
} from "./planetscale_api.ts";
import type { ModelPassword } from "./planetscale_answers.ts";
import { type RunResult, tethered } from "./process.ts";
import { type Flavour, startServer, type TestServer } from "./servers.ts";

const root = authority();
const files = write(issue(root, { dns: ["localhost"], ip: ["127.0.0.1"] }));
const ROOT = new URL("../../", import.meta.url).pathname;

/** The admin API's key in benches. */
const ADMIN_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/** How a bench is set up. */
export interface BenchOptions extends PlanetScaleApiOptions {
  readonly flavour?: Flavour;
}

/** How `querycop` is run. */
export interface BenchRun {
  /** `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Number of the point at which it is killed (`kill_points.ts`). */
  readonly killAt?: number;
}

/** A pair as a sink holds it. */
export interface HeldPair {
  readonly username: string;
  readonly password: string;
}

/** The set-up of one rotation. */
export class RotationBench implements AsyncDisposable {
  readonly server: TestServer;
  readonly api: TestPlanetScaleApi;
  /** The password that is to be rotated. */
  readonly old: ModelPassword;
  readonly folder: string;
  readonly #shared: boolean;

  constructor(
    parts: { readonly server: TestServer; readonly api: TestPlanetScaleApi; readonly old: ModelPassword },
    folder: string,
    shared: boolean,
  ) {
    this.server = parts.server;
    this.api = parts.api;
    this.old = parts.old;
    this.folder = folder;
    this.#shared = shared;
  }

  /** The file that the env-file sink writes. */
  get envFile(): string {
    return `${this.folder}/sink/app.env`;
  }

  get dataDir(): string {
    return `${this.folder}/data`;
  }

  /** Variables that make a `serve` or `rotate` use this database. */
  get backendEnv(): Readonly<Record<string, string>> {
    return {
      GATEKEEPER_BACKEND_HOST: this.server.host,
      GATEKEEPER_BACKEND_PORT: `${this.server.port}`,
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca,
      ADMIN_API_KEY: ADMIN_KEY,
    };
  }

  /** Runs `querycop` with arguments, to its end. */
  async run(args: readonly string[], options: BenchRun = {}): Promise<RunResult> {
    return await (await this.start(args, options)).result;
  }

  /** Starts `querycop` and resolves to its process and to what it will have said. */
  async start(
    args: readonly string[],
    options: BenchRun = {},
  ): Promise<{ readonly child: Deno.ChildProcess; readonly result: Promise<RunResult> }> {
    const child = await this.#spawn([...program(options.killAt !== undefined), ...args], options, "null");
    const result = child.output().then(({ code, stdout, stderr }) => ({
      code,
      stdout: new TextDecoder().decode(stdout),
      stderr: new TextDecoder().decode(stderr),
    }));
    return { child, result };
  }

  /** Starts `querycop` in a terminal, with somebody before it. */
  async talk(args: readonly string[], options: BenchRun = {}): Promise<Dialogue> {
    return new Dialogue(await this.#spawn(inTerminal([...program(false), ...args]), options, "piped"));
  }

  async #spawn(
    argv: readonly string[],
    { killAt, env: more = {} }: BenchRun,
    stdin: "null" | "piped",
  ): Promise<Deno.ChildProcess> {
    const env: Record<string, string | undefined> = {
      ...this.backendEnv,
      PLANETSCALE_SERVICE_TOKEN_ID: ROTATING_TOKEN.id,
      PLANETSCALE_SERVICE_TOKEN: ROTATING_TOKEN.secret,
      PLANETSCALE_API_URL: this.api.url,
      GATEKEEPER_DATA_DIR: this.dataDir,
      NO_COLOR: "1",
      ...(killAt === undefined ? {} : { KILL_AT: `${killAt}`, KILL_LOG: `${this.folder}/points` }),
      ...more,
    };
    for (const name of ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"]) {
      env[name] ??= Deno.env.get(name);
    }
    const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const [command, ...args] = await tethered(argv);
    return new Deno.Command(command, {
      args,
      env: Object.fromEntries(given),
      clearEnv: true,
      cwd: this.folder,
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** `rotate` of the bench's branch with a short quiet period, then what is given. */
  rotateArgs(...more: readonly string[]): readonly string[] {
    const where = [
      "--org",
      "acme",
      "--database",
      "shop",
      "--branch",
      "main",
      "--username",
      this.old.username,
    ];
    return ["rotate", ...where, "--quiet-for", "200ms", "--poll", "50ms", ...more];
  }

  /** The pair in the env-file; `undefined` where there is none. */
  async held(
    names = { username: "DATABASE_USERNAME", password: "DATABASE_PASSWORD" },
  ): Promise<HeldPair | undefined> {
    const text = await Deno.readTextFile(this.envFile).catch(() => "");
    const read = (name: string) => new RegExp(`^${name}=["']?([^"'\n]*)`, "m").exec(text)?.[1];
    const [username, password] = [read(names.username), read(names.password)];
    return username === undefined || password === undefined ? undefined : { username, password };
  }

  /** Whether a pair logs in at the database, with its certificate verified; throws where that cannot be told. */
  async logsIn({ username, password }: HeldPair, port = this.server.port): Promise<boolean> {
    const direct = port === this.server.port;
    const connector = createMysqlConnector({
      host: "127.0.0.1",
      port,
      family: "auto",
      connectTimeoutMs: 10_000,
      tls: direct ? { mode: "verify-full", caPem: root.pem } : { mode: "prefer" },
    });
    const signal = AbortSignal.timeout(30_000);
    try {
      const credentials = { user: username, password: new Secret(password) };
      const connection = await connectMysql(
        connector,
        direct ? "verify-full" : "prefer",
        credentials,
        signal,
      );
      await connection.query("select 1", signal);
      await connection.close(signal);
      return true;
    } catch (error) {
      if (error instanceof ServerError && error.errno === 1045) return false;
      throw error;
    }
  }

  /** Every file below the bench's folder with its text, by its path there. */
  async filesWithText(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const look = async (folder: string): Promise<void> => {
      for await (const { name, isDirectory } of Deno.readDir(folder)) {
        const path = `${folder}/${name}`;
        if (isDirectory) await look(path);
        else found.set(path.slice(this.folder.length + 1), await Deno.readTextFile(path));
      }
    };
    await look(this.folder);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
    if (!this.#shared) await this.server.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A database for benches; several may share one. */
export function benchServer(flavour: Flavour = "mariadb"): Promise<TestServer> {
  const tls = { certFile: files.cert, keyFile: files.key };
  return startServer({ flavour, tls, requireSecureTransport: true });
}

/** Sets up a bench, with a database of its own where none is given. */
export async function rotationBench(options: BenchOptions = {}, shared?: TestServer): Promise<RotationBench> {
  const { flavour = "mariadb", ...apiOptions } = options;
  const server = shared ?? await benchServer(flavour);
  const api = await startPlanetScaleApi({
    accounts: mysqlAccounts(server),
    host: server.host,
    ...apiOptions,
  });
  const old = await api.model.add({ name: "application", role: "readwriter" });
  const folder = await Deno.makeTempDir({ prefix: "querycop-rotation-" });
  await Deno.mkdir(`${folder}/sink`);
  return new RotationBench({ server, api, old }, folder, shared !== undefined);
}

/** From source, or, for those that are not to be killed, the executable that QUERYCOP_BIN names. */
function program(withKillPoints: boolean): readonly string[] {
  const executable = Deno.env.get("QUERYCOP_BIN");
  if (executable !== undefined && !withKillPoints) return [executable];
  const preload = withKillPoints ? ["--preload", `${ROOT}tests/support/kill_points.ts`] : [];
  return [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", ...preload, `${ROOT}src/main.ts`];
}

/** The command in a pseudo-terminal, of bsdutils, which every Debian has. */
function inTerminal(argv: readonly string[]): readonly string[] {
  const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  return ["script", "--quiet", "--return", "--flush", "--command", quoted, "/dev/null"];
}
