import { parseArgs } from "node:util";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { DigestHasher } from "../../src/sql/digest/hash.ts";
import { digestText } from "../../src/sql/digest/text.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { StatementStream } from "../../src/sql/splitter/statement_stream.ts";
import { cpuMs, median, printTable, rssBytes } from "./_process.ts";
import { writeDump, writeInserts, writeMigrations } from "./_sql_files.ts";
import { parserTimes, sqlfluffMs } from "./_sql_peers.ts";

const HELP =
  `deno task bench sql [--binary FILE] [--only lexer,verdict,dump,migrations,inserts,peers,sqlfluff]
  [--dump-mb 1000]

Measures reading SQL: the lexer and digests over a dump, verdicts of one statement, lint-sql over large inputs, and
parsers of npm and sqlfluff on the same statement and file. Without --binary, lint-sql is run from source.`;

/** 122 bytes, as an ORM writes it. */
const STATEMENT =
  "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 12345 AND c.region = 'eu'";
const MEGABYTE = 1_000_000;
const IN_MEMORY_MB = 64;
const ROUNDS = 5;
const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;

type Row = [what: string, measured: string, target: string];

/** Runs the benchmark and prints its table. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      binary: { type: "string" },
      only: { type: "string" },
      "dump-mb": { type: "string", default: "1000" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const wanted = (part: string) => values.only === undefined || values.only.split(",").includes(part);
  const command = values.binary === undefined
    ? [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", MAIN]
    : [values.binary];
  const folder = await Deno.makeTempDir({ prefix: "querycop-bench-sql-" });
  const rows: Row[] = [];
  try {
    if (wanted("lexer")) rows.push(...await lexer(folder));
    if (wanted("verdict")) rows.push(...verdicts());
    const start = await startMs(command);
    rows.push(["start of the process (lint-sql of an empty file)", `${start.toFixed(0)} ms`, ""]);
    if (wanted("dump")) rows.push(await dump(folder, command, Number(values["dump-mb"])));
    if (wanted("migrations")) rows.push(await migrations(folder, command, start));
    if (wanted("inserts")) rows.push(await inserts(folder, command, start));
    printTable([["", "measured", "target"], ...rows]);
    if (wanted("peers")) await peers(folder, wanted("sqlfluff"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The lexer with the splitter, and with the hash of shapes, over a dump in memory. */
async function lexer(folder: string): Promise<Row[]> {
  const path = `${folder}/memory.sql`;
  await writeDump(path, IN_MEMORY_MB * MEGABYTE);
  const bytes = await Deno.readFile(path);
  await Deno.remove(path);
  const pass = (hashing: boolean): number => {
    const stream = new StatementStream({ ...DEFAULT_SQL_OPTIONS, clientFile: true });
    const hasher = new DigestHasher();
    const started = performance.now();
    stream.push(bytes);
    stream.end();
    while (stream.next()) {
      if (hashing) hasher.hash(stream.bytes, stream.tokens, DEFAULT_SQL_OPTIONS);
    }
    return bytes.length / MEGABYTE / (performance.now() - started) * 1000;
  };
  pass(true);
  const best = (hashing: boolean) => median(Array.from({ length: ROUNDS }, () => pass(hashing)));
  return [
    ["lexer and splitter, dump in memory", `${best(false).toFixed(0)} MB/s`, "100 MB/s"],
    ["the same with the hash of each statement's shape", `${best(true).toFixed(0)} MB/s`, ""],
  ];
}

function verdicts(): Row[] {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(STATEMENT);
  const wire = { ...DEFAULT_RISK_OPTIONS, mode: "wire" } as const;
  const judge = new TextJudge(wire);
  const seen = microseconds(() => judge.judge(bytes));
  // Another name is another shape; there are more of them than the cache holds.
  const shapes = Array.from(
    { length: 40_000 },
    (_, n) => encoder.encode(STATEMENT.replace("total", `total_${n}`)),
  );
  let turn = 0;
  const unseen = microseconds(() => judge.judge(shapes[turn++ % shapes.length] as Uint8Array));
  const digest = microseconds(() => digestText(bytes));
  return [
    [`verdict of ${bytes.length} bytes, shape seen before`, `${seen.toFixed(2)} µs`, "2 µs"],
    ["the same, shape not seen before", `${unseen.toFixed(1)} µs`, "12 µs"],
    ["digest text of the same", `${digest.toFixed(1)} µs`, ""],
  ];
}

/** Median over batches, once warm. */
function microseconds(work: () => unknown): number {
  const BATCH = 200;
  for (let count = 0; count < 50 * BATCH; count++) work();
  return median(Array.from({ length: 200 }, () => {
    const started = performance.now();
    for (let count = 0; count < BATCH; count++) work();
    return (performance.now() - started) * 1000 / BATCH;
  }));
}

async function startMs(command: readonly string[]): Promise<number> {
  const path = await Deno.makeTempFile({ suffix: ".sql" });
  await Deno.writeTextFile(path, "SELECT 1 FROM t WHERE id = 1;\n");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push((await lint(command, [path])).ms);
  await Deno.remove(path);
  return median(times);
}

async function dump(folder: string, command: readonly string[], megabytes: number): Promise<Row> {
  const path = `${folder}/dump.sql`;
  await writeDump(path, megabytes * MEGABYTE);
  const { ms, peakBytes, cpuMs: cpu } = await lint(command, [path]);
  await Deno.remove(path);
  return [
    `lint-sql over ${megabytes} MB of mysqldump`,
    `${(ms / 1000).toFixed(1)} s (${(cpu / 1000).toFixed(1)} s of CPU), at most ${
      (peakBytes / MEGABYTE).toFixed(0)
    } MB resident`,
    "30 s, flat",
  ];
}

async function migrations(folder: string, command: readonly string[], start: number): Promise<Row> {
  await writeMigrations(`${folder}/migrations`, 1000);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push((await lint(command, [`${folder}/migrations`])).ms);
  return [
    "lint-sql over 1,000 migrations, after the start",
    `${(median(times) - start).toFixed(0)} ms`,
    "1,000 ms",
  ];
}

async function inserts(folder: string, command: readonly string[], start: number): Promise<Row> {
  const path = `${folder}/inserts.sql`;
  await writeInserts(path, 1000);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push((await lint(command, [path])).ms);
  return [
    "lint-sql over 1,000 INSERTs, after the start",
    `${(median(times) - start).toFixed(0)} ms`,
    "50 ms",
  ];
}

/** Runs lint-sql and watches its memory. */
async function lint(
  command: readonly string[],
  paths: readonly string[],
): Promise<{ ms: number; peakBytes: number; cpuMs: number }> {
  const [program = "", ...rest] = command;
  const started = performance.now();
  const child = new Deno.Command(program, {
    args: [...rest, "lint-sql", "--format", "json", ...paths],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let peakBytes = 0;
  let cpu = 0;
  const watch = setInterval(() => {
    try {
      cpu = Math.max(cpu, cpuMs(child.pid));
      peakBytes = Math.max(peakBytes, rssBytes(child.pid) || 0);
    } catch {
      // The process has ended between two looks.
    }
  }, 50);
  const { code, stderr } = await child.output();
  clearInterval(watch);
  if (code > 1) throw new Error(`lint-sql failed: ${new TextDecoder().decode(stderr)}`);
  return { ms: performance.now() - started, peakBytes, cpuMs: cpu };
}

async function peers(folder: string, sqlfluff: boolean): Promise<void> {
  const path = `${folder}/peers.sql`;
  await writeInserts(path, 1000);
  const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire" });
  const one = new TextEncoder().encode(STATEMENT);
  const file = await Deno.readFile(path);
  const statementUs = microseconds(() => judge.judgeExactly(one));
  const fileMs = microseconds(() => judge.judgeExactly(file.subarray(0, 12_300))) / 100;
  const rows = [["", "one statement", "1,000 INSERTs", ""]];
  rows.push([
    "querycop (read, analysed and judged)",
    `${statementUs.toFixed(0)} µs`,
    `${fileMs.toFixed(0)} ms`,
    "",
  ]);
  for (const peer of await parserTimes(folder, STATEMENT, path)) {
    rows.push([
      `${peer.name} (parsed)`,
      peer.statementUs === undefined ? "-" : `${peer.statementUs.toFixed(0)} µs`,
      peer.fileMs === undefined ? "-" : `${peer.fileMs.toFixed(0)} ms`,
      peer.problem,
    ]);
  }
  if (sqlfluff) {
    const ms = await sqlfluffMs(folder, path);
    rows.push(["sqlfluff (linted, process start included)", "-", `${ms.toFixed(0)} ms`, ""]);
  }
  console.log();
  printTable(rows);
}
