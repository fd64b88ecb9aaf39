/** Installs what a test suite needs: `deno task setup [suite...]`; `scripts/test.ts` does it by itself. */
import { provisionDrivers } from "../tests/clients/driver_table.ts";
import { provisionMariadb, provisionMysql } from "../tests/support/servers.ts";

/** What each suite needs beyond Deno. */
const NEEDS: Readonly<Record<string, readonly (() => Promise<unknown>)[]>> = {
  unit: [],
  integration: [provisionMariadb, provisionMysql],
  clients: [provisionMariadb, provisionMysql, provisionDrivers],
  cli: [provisionMariadb],
};

/** Makes sure that a suite's servers and programs are there. Throws saying what to install where it cannot. */
export async function provisionFor(suite: string): Promise<void> {
  for (const need of NEEDS[suite] ?? []) await need();
}

if (import.meta.main) {
  for (const suite of Deno.args.length === 0 ? Object.keys(NEEDS) : Deno.args) await provisionFor(suite);
}
