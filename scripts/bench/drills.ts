import { parseArgs } from "node:util";
import { printTable } from "./_process.ts";
import { CONNECTION_DRILLS } from "./_connection_drills.ts";

/** One thing that a drill looked at. */
export interface Finding {
  readonly what: string;
  readonly seen: string;
  readonly wanted: string;
  readonly good: boolean;
}

/** What a drill is run with. */
export interface DrillContext {
  /** An executable; without it the source is run. */
  readonly binary: string | undefined;
  /** How long a load lasts. */
  readonly seconds: number;
}

/** A load or a fault on a running querycop before a real server, and what has to hold meanwhile. */
export interface Drill {
  readonly name: string;
  run(context: DrillContext): Promise<readonly Finding[]>;
}

const DRILLS: readonly Drill[] = [...CONNECTION_DRILLS];

const HELP = `deno task bench drills [--only NAME,...] [--seconds 20] [--binary FILE]

Runs querycop before a real server under loads and faults that are too long or too large for a test, and prints what was
seen beside what has to hold. Exit code 1 where something does not. Drills: ${
  DRILLS.map(({ name }) => name).join(", ")
}.`;

/** Runs the drills and prints one table. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      seconds: { type: "string", default: "20" },
      binary: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const only = values.only?.split(",");
  const context = { binary: values.binary, seconds: Number(values.seconds) };
  const rows: string[][] = [["drill", "", "seen", "wanted", ""]];
  for (const drill of DRILLS) {
    if (only !== undefined && !only.includes(drill.name)) continue;
    for (const { what, seen, wanted, good } of await drill.run(context)) {
      rows.push([drill.name, what, seen, wanted, good ? "ok" : "BAD"]);
    }
  }
  printTable(rows);
  if (rows.some((row) => row[4] === "BAD")) Deno.exit(1);
}
