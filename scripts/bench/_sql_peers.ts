import { installPackages } from "../../tests/support/apt.ts";
import { findProgram } from "../../tests/support/process.ts";
import { output } from "./_process.ts";

/** Parsers from npm, with how each parses one MySQL text. */
const PARSERS: readonly (readonly [name: string, specifier: string, setUp: string, parse: string])[] = [
  [
    "node-sql-parser",
    "npm:node-sql-parser@5.4.0",
    "const Parser = m.Parser ?? m.default.Parser; const p = new Parser();",
    'p.astify(sql, { database: "MySQL" })',
  ],
  [
    "dt-sql-parser",
    "npm:dt-sql-parser@4.5.1",
    "const MySQL = m.MySQL ?? m.default.MySQL; const p = new MySQL();",
    "p.validate(sql)",
  ],
  [
    "sqlparser-ts",
    "npm:@guanmingchiu/sqlparser-ts@0.62.0",
    "await (m.init ?? m.default?.init ?? (() => {}))(); const parse = m.parse ?? m.default.parse;",
    'parse(sql, "mysql")',
  ],
];

const BUNDLED = "dt-sql-parser";

/** What a peer needs for one statement and for the file of INSERTs, in ms; undefined where it fails. */
export interface PeerTimes {
  readonly name: string;
  /** Median of one statement once warm, in microseconds. */
  readonly statementUs: number | undefined;
  /** The whole file in one call, in ms, process start not included. */
  readonly fileMs: number | undefined;
  readonly problem: string;
}

/** Measures the parsers of npm, each in a process of its own and outside of this project's dependencies. */
export async function parserTimes(folder: string, statement: string, file: string): Promise<PeerTimes[]> {
  const results: PeerTimes[] = [];
  for (const [name, specifier, setUp, parse] of PARSERS) {
    const script = `${folder}/${name}.mjs`;
    await Deno.writeTextFile(
      script,
      `const m = await import(${JSON.stringify(specifier)});
${setUp}
const one = ${JSON.stringify(statement)};
const run = (sql) => ${parse};
for (let i = 0; i < 300; i++) await run(one);
const times = [];
for (let i = 0; i < 500; i++) { const t = performance.now(); await run(one); times.push(performance.now() - t); }
const file = await Deno.readTextFile(${JSON.stringify(file)});
const t = performance.now();
let problem = "";
try { await run(file); } catch (error) { problem = String(error).slice(0, 80); }
const fileMs = performance.now() - t;
times.sort((a, b) => a - b);
console.log(JSON.stringify({ statementUs: times[250] * 1000, fileMs, problem }));
`,
    );
    try {
      let entry = script;
      if (name === BUNDLED) {
        // Its modules import folders, which only a bundler resolves.
        entry = `${folder}/${name}.bundle.mjs`;
        await output([Deno.execPath(), "bundle", "--quiet", "--platform", "deno", "--output", entry, script]);
      }
      const text = await output([
        Deno.execPath(),
        "run",
        "--quiet",
        "--no-lock",
        "--no-config",
        "--allow-all",
        entry,
      ]);
      results.push({ name, ...JSON.parse(text.trim().split("\n").at(-1) ?? "{}") });
    } catch (error) {
      results.push({ name, statementUs: undefined, fileMs: undefined, problem: String(error).slice(0, 120) });
    }
  }
  return results;
}

/** Time of sqlfluff over a file, in ms, process start included; it needs minutes for a thousand INSERTs. */
export async function sqlfluffMs(folder: string, file: string): Promise<number> {
  if (await findProgram("sqlfluff") === undefined) await installPackages("sqlfluff", ["sqlfluff"]);
  // It skips files over 20 KB unless told otherwise.
  await Deno.writeTextFile(
    `${folder}/.sqlfluff`,
    "[sqlfluff]\nlarge_file_skip_byte_limit = 0\nlarge_file_skip_char_limit = 0\n",
  );
  const started = performance.now();
  await new Deno.Command("sqlfluff", {
    args: ["lint", "--dialect", "mysql", "--nofail", file],
    cwd: folder,
    stdout: "null",
    stderr: "null",
  }).output();
  return performance.now() - started;
}
