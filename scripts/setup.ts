/** Installs what a test suite needs: `deno task setup [suite...]`; `scripts/test.ts` does it by itself. */
import { provisionDrivers } from "../tests/support/driver_table.ts";
import { installPackages } from "../tests/support/apt.ts";
import { provisionChromium } from "../tests/support/chromium.ts";
import { runOrThrow } from "../tests/support/process.ts";
import { provisionMariadb, provisionMysql } from "../tests/support/servers.ts";
import { provisionVitess } from "../tests/support/vitess_build.ts";

/** Shells whose completion is tried, beside bash, and ps. */
const provisionShells = () => installPackages("The tests of the command line", ["zsh", "fish", "procps"]);

/** What the test of workloads runs. */
const provisionSysbench = () => installPackages("The test of workloads", ["sysbench"]);

/** Drivers that are tried before Vitess, beside those of npm. */
const provisionVitessDrivers = () =>
  installPackages("The drivers before Vitess", [
    "python3-pymysql",
    "python3-cryptography",
    "golang-github-go-sql-driver-mysql-dev",
  ]);

/** What each suite needs beyond Deno. */
const NEEDS: Readonly<Record<string, readonly (() => Promise<unknown>)[]>> = {
  unit: [],
  integration: [provisionMariadb, provisionMysql, provisionChromium, provisionSysbench],
  clients: [provisionMariadb, provisionMysql, provisionDrivers],
  cli: [provisionMariadb, provisionShells, compileOnce],
  vitess: [provisionMysql, provisionVitess, provisionVitessDrivers],
};

/** Fetches what the compiler needs, which a test of a network that is silent could not. */
function compileOnce(): Promise<string> {
  return runOrThrow([Deno.execPath(), "task", "--quiet", "compile"]);
}

/** Makes sure that a suite's servers and programs are there. Throws saying what to install where it cannot. */
export async function provisionFor(suite: string): Promise<void> {
  for (const need of NEEDS[suite] ?? []) await need();
}

if (import.meta.main) {
  for (const suite of Deno.args.length === 0 ? Object.keys(NEEDS) : Deno.args) await provisionFor(suite);
}
