/** The drivers whose sessions are compared, and how each is run. */
import { installPackages } from "./apt.ts";
import { cacheFolder, type Flavour, mysqlProgram, provisionMysql } from "./installation.ts";
import { findProgram, isFile, runOrThrow } from "./process.ts";

/** One driver. */
export interface Driver {
  readonly name: string;
  /** Debian packages it comes from. */
  readonly packages: readonly string[];
  /** Servers it can log in to; all where it is missing. */
  readonly flavours?: readonly Flavour[];
  /** Makes the argument vector; builds what has to be built. */
  readonly prepare: () => Promise<readonly string[]>;
  /** Environment beyond the connection's. */
  readonly env?: () => Promise<Readonly<Record<string, string>>>;
}

const SCRIPTS = new URL("../drivers/programs/", import.meta.url).pathname;
const PYTHON = "/usr/bin/python3";
const CONNECTOR_J = "/usr/share/java/mariadb-java-client.jar";

/** Every driver of the matrix. */
export const DRIVERS: readonly Driver[] = [
  { name: "npm mysql2", packages: [], prepare: () => deno("npm_mysql2.ts") },
  { name: "npm mariadb", packages: [], prepare: () => deno("npm_mariadb.ts") },
  {
    name: "PyMySQL",
    packages: ["python3-pymysql", "python3-cryptography"],
    prepare: () => script(PYTHON, "python_pymysql.py"),
  },
  {
    name: "mysqlclient",
    packages: ["python3-mysqldb"],
    prepare: () => script(PYTHON, "python_mysqlclient.py"),
  },
  {
    name: "PHP mysqli",
    packages: ["php-cli", "php-mysql"],
    prepare: () => script("/usr/bin/php", "-d", "mysqli.allow_local_infile=1", "php_mysqli.php"),
  },
  {
    name: "Go go-sql-driver",
    packages: ["golang-go", "golang-github-go-sql-driver-mysql-dev"],
    prepare: buildGo,
  },
  {
    name: "MariaDB Connector/J",
    packages: ["libmariadb-java", "default-jdk-headless"],
    prepare: buildJava,
  },
  {
    name: "Perl DBD::mysql",
    packages: ["libdbd-mysql-perl"],
    prepare: () => script("/usr/bin/perl", `-I${SCRIPTS}`, "perl_dbd_mysql.pl"),
  },
  {
    name: "Perl DBD::MariaDB",
    packages: ["libdbd-mariadb-perl"],
    prepare: () => script("/usr/bin/perl", `-I${SCRIPTS}`, "perl_dbd_mariadb.pl"),
  },
  {
    name: "mysql command line",
    // It has none of the plugins that MariaDB's accounts use.
    flavours: ["mysql"],
    packages: ["python3"],
    prepare: () => script(PYTHON, "command_line.py"),
    env: async () => {
      await provisionMysql();
      const client = await mysqlProgram("usr/bin/mysql");
      return { DRIVER_PROGRAM: JSON.stringify([...client, "--no-defaults", "--get-server-public-key"]) };
    },
  },
  {
    name: "mariadb command line",
    packages: ["python3", "mariadb-client"],
    prepare: () => script(PYTHON, "command_line.py"),
    env: () => Promise.resolve({ DRIVER_PROGRAM: JSON.stringify(["mariadb", "--no-defaults"]) }),
  },
];

/** Installs what the drivers come from. */
export async function provisionDrivers(): Promise<void> {
  const packages = new Set(DRIVERS.flatMap((driver) => driver.packages));
  // Any JDK will do where one is there.
  if (await findProgram("javac") !== undefined) packages.delete("default-jdk-headless");
  await installPackages("The driver matrix", [...packages]);
}

function deno(name: string): Promise<readonly string[]> {
  return Promise.resolve([
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-check",
    "--allow-env",
    "--allow-read",
    "--allow-sys",
    "--allow-net=127.0.0.1",
    SCRIPTS + name,
  ]);
}

function script(...argv: readonly string[]): Promise<readonly string[]> {
  return Promise.resolve([...argv.slice(0, -1), SCRIPTS + argv.at(-1)]);
}

/** Built with Debian's copies of the packages; nothing is fetched. */
async function buildGo(): Promise<readonly string[]> {
  const output = `${cacheFolder()}/drivers/go_sql_driver`;
  await Deno.mkdir(`${cacheFolder()}/drivers`, { recursive: true });
  await runOrThrow(["go", "build", "-o", output, `${SCRIPTS}go_sql_driver.go`], {
    env: {
      GO111MODULE: "off",
      GOPATH: "/usr/share/gocode",
      GOCACHE: `${cacheFolder()}/go`,
      CGO_ENABLED: "0",
    },
  });
  return [output];
}

async function buildJava(): Promise<readonly string[]> {
  if (!(await isFile(CONNECTOR_J))) throw new Error(`${CONNECTOR_J} is missing: install libmariadb-java`);
  const output = `${cacheFolder()}/drivers/java`;
  await Deno.mkdir(output, { recursive: true });
  await runOrThrow(["javac", "-encoding", "UTF-8", "-d", output, `${SCRIPTS}ConnectorJ.java`]);
  return ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", `${output}:${CONNECTOR_J}`, "ConnectorJ"];
}
