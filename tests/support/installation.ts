/**
 * The servers that tests start: where their programs are, and how they get there.
 *
 * MariaDB is the system's own. MySQL is not in a stable Debian, so its packages from Debian sid are unpacked into a
 * folder outside the tree and run from there with the loader and libraries of that folder. That needs neither root
 * nor a chroot, and paths on the command line (certificates, sockets) mean what they say.
 */
import { installPackages, unpackPackages } from "./apt.ts";
import { findProgram, isFile, runOrThrow } from "./process.ts";

/** Which server. */
export type Flavour = "mariadb" | "mysql";

/** Programs of one server release; each is an argument vector to which options are added. */
export interface Installation {
  readonly flavour: Flavour;
  /** Three numbers, for example `9.7.4`. */
  readonly version: string;
  readonly server: readonly string[];
  /** Options without which the server does not find its own files. */
  readonly serverOptions: readonly string[];
  /** Makes an empty data folder; takes `--datadir=`. */
  readonly initialise: readonly string[];
  /** The flavour's command line client. */
  readonly client: readonly string[];
}

/** Where things that are slow to make are kept between runs: `$XDG_CACHE_HOME/querycop`. */
export function cacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") || "/tmp"}/.cache`;
  return `${base}/querycop`;
}

/** The folder that holds MySQL's programs, there or not: `QUERYCOP_TEST_MYSQL_ROOT`, else in the cache. */
export function mysqlRoot(): string {
  return Deno.env.get("QUERYCOP_TEST_MYSQL_ROOT") || `${cacheFolder()}/mysql-sid`;
}

/** Finds MariaDB, installing it where this can be done, and throws saying what to install where it cannot. */
export async function provisionMariadb(): Promise<Installation> {
  return await findMariadb() ??
    (await installPackages("MariaDB", ["mariadb-server"]), await mustFindMariadb());
}

/** Finds MySQL 9.7, unpacking it where this can be done, and throws saying what is missing where it cannot. */
export async function provisionMysql(): Promise<Installation> {
  const root = mysqlRoot();
  if (!(await isFile(`${root}/usr/sbin/mysqld`))) {
    await unpackPackages(root, "sid", ["mysql-server-core", "mysql-client-core", "mysql-router"]);
  }
  return await mysqlAt(root);
}

/** {@link provisionMariadb} or {@link provisionMysql}. */
export function provision(flavour: Flavour): Promise<Installation> {
  return flavour === "mariadb" ? provisionMariadb() : provisionMysql();
}

/** MariaDB on PATH or in the system's folders, whatever its server program is called; `undefined` where none is. */
export async function findMariadb(): Promise<Installation | undefined> {
  for (const name of ["mariadbd", "mysqld"]) {
    const server = await findProgram(name);
    if (server === undefined) continue;
    const told = await runOrThrow([server, "--no-defaults", "--version"]);
    if (!told.includes("MariaDB")) continue;
    const client = await findProgram("mariadb") ?? await findProgram("mysql");
    const initialise = await findProgram("mariadb-install-db") ?? await findProgram("mysql_install_db");
    if (client === undefined || initialise === undefined) continue;
    return {
      flavour: "mariadb",
      version: versionIn(told),
      server: [server],
      serverOptions: [],
      initialise: [
        initialise,
        "--no-defaults",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
      ],
      client: [client],
    };
  }
  return undefined;
}

/** MySQL on PATH, of any release, for those who have it installed; `undefined` where none is. */
export async function findMysql(): Promise<Installation | undefined> {
  const server = await findProgram("mysqld");
  const client = await findProgram("mysql");
  if (server === undefined || client === undefined) return undefined;
  const told = await runOrThrow([server, "--no-defaults", "--version"]);
  if (told.includes("MariaDB")) return undefined;
  return mysqlInstallation(versionIn(told), [server], [], [client]);
}

/** A program of the unpacked MySQL packages, for example `usr/bin/mysqlrouter`, as an argument vector. */
export async function mysqlProgram(path: string): Promise<readonly string[]> {
  const root = mysqlRoot();
  if (!(await isFile(`${root}/${path}`))) {
    throw new Error(`${root} has no ${path}: remove that folder to renew it`);
  }
  const triplet = `${Deno.build.arch}-linux-gnu`;
  const libraries = `${root}/usr/lib/${triplet}`;
  for await (const entry of Deno.readDir(libraries)) {
    if (entry.name.startsWith("ld-linux")) {
      return [`${libraries}/${entry.name}`, "--library-path", libraries, `${root}/${path}`];
    }
  }
  throw new Error(`${libraries} has no loader: remove ${root} to renew it`);
}

async function mysqlAt(root: string): Promise<Installation> {
  const server = await mysqlProgram("usr/sbin/mysqld");
  const options = [
    `--basedir=${root}/usr`,
    `--lc-messages-dir=${root}/usr/share/mysql`,
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
    `--plugin-dir=${root}/usr/lib/mysql/plugin`,
  ];
  const version = versionIn(await runOrThrow([...server, "--no-defaults", "--version"]));
  return mysqlInstallation(version, server, options, [
    ...await mysqlProgram("usr/bin/mysql"),
    "--no-defaults",
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
  ]);
}

function mysqlInstallation(
  version: string,
  server: readonly string[],
  serverOptions: readonly string[],
  client: readonly string[],
): Installation {
  return {
    flavour: "mysql",
    version,
    server,
    serverOptions,
    initialise: [...server, "--no-defaults", ...serverOptions, "--initialize-insecure", "--skip-log-bin"],
    client,
  };
}

async function mustFindMariadb(): Promise<Installation> {
  const found = await findMariadb();
  if (found === undefined) throw new Error("MariaDB was installed, but its programs are not on PATH");
  return found;
}

function versionIn(text: string): string {
  const version = /Ver (\d+\.\d+\.\d+)/.exec(text)?.[1];
  if (version === undefined) throw new Error(`No version in: ${text.trim()}`);
  return version;
}
