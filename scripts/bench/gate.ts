import { parseArgs } from "node:util";
import { createGate } from "../../src/gate/create_gate.ts";
import type { CommandOutcome, Decision, JudgedCommand, SessionView } from "../../src/proxy/decision.ts";
import { builtInPolicy } from "../../src/risk/policy/compile.ts";
import { median, printTable } from "./_process.ts";

const HELP = `deno task bench gate

Measures what one statement costs in the gate: judging, policy, following the session, counting. No socket is involved.`;

/** 122 bytes, as an ORM writes it. */
const STATEMENT =
  "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 12345 AND c.region = 'eu'";
/** More shapes than are kept. */
const SHAPES = 40_000;
/** Statements whose times are sorted for the percentiles. */
const SAMPLES = 100_000;

const OUTCOME: CommandOutcome = {
  result: "ok",
  errno: 0,
  durationMs: 1,
  bytes: 100,
  rows: 1,
  affectedRows: 0,
  status: 2,
  tracked: [],
};

/** Runs the benchmark and prints its table. */
export function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { help: { type: "boolean", default: false } } });
  if (values.help) {
    console.log(HELP);
    return Promise.resolve();
  }
  const encoder = new TextEncoder();
  const quiet = { error: console.error, warn() {}, info() {}, debug() {}, enabled: () => false };
  const gate = createGate({
    mode: "enforce",
    policy: { policy: builtInPolicy(false) },
    scorePrepared: true,
    holdTimeoutMs: 60_000,
    auditOnFailure: "continue",
    auditStatements: "notable",
    auditLiterals: false,
    limits: { responseBytes: 1e8, windowBytes: 5e8, rows: Infinity },
    workers: 1,
    recorder: {
      record: () => true,
      state: () => ({ healthy: true, problem: null, lost: 0, pending: 0, evicted: 0 }),
    },
    onDigests: () => {},
    logger: { ...quiet, with: () => ({ ...quiet, with: () => quiet }) } as never,
  });
  const judge = gate.openJudge(sessionView());
  const finish = (decision: Decision) => {
    if (decision.action === "allow") decision.done?.(OUTCOME);
    return decision;
  };
  const ask = (text: Uint8Array, command: JudgedCommand = "query") => finish(judge.decide({ command, text }));
  const text = (sql: string) => {
    const bytes = encoder.encode(sql);
    return () => ask(bytes);
  };
  const prepare = ask(encoder.encode("SELECT a FROM t WHERE id = ?"), "prepare");
  const decideRun = prepare.action === "allow" ? prepare.decideRun : undefined;
  if (decideRun === undefined) throw new Error("its runs are not decided on");
  const shapes = Array.from(
    { length: SHAPES },
    (_, n) => encoder.encode(STATEMENT.replace("total", `total_${n}`)),
  );
  let turn = 0;
  const rows: string[][] = [];
  const measure = (what: string, work: () => unknown) => {
    const { perStatement, p99 } = times(work);
    rows.push([what, `${perStatement.toFixed(2)} µs`, `${p99.toFixed(1)} µs`]);
  };
  measure(`SELECT of ${STATEMENT.length} bytes, shape seen before`, text(STATEMENT));
  measure("the same with a comment", text(`${STATEMENT} /*controller='orders'*/`));
  measure("BEGIN", text("BEGIN"));
  measure("COM_STMT_EXECUTE", () => finish(decideRun()));
  measure("literals decide: WHERE 1 = 1 OR name = 'x'", text("SELECT a FROM t WHERE 1 = 1 OR name = 'x'"));
  measure("SET NAMES utf8mb4", text("SET NAMES utf8mb4"));
  measure("two statements in one text", text("SELECT a FROM t WHERE id = 1; SELECT b FROM t WHERE id = 2"));
  measure("refused: DELETE FROM t", text("DELETE FROM t"));
  measure("shape not seen before", () => ask(shapes[turn++ % SHAPES] as Uint8Array));
  gate.close();
  printTable([["added by the gate", "median", "p99"], ...rows]);
  return Promise.resolve();
}

/** Microseconds: the median of batches, and the 99th percentile of single statements. */
function times(work: () => unknown): { readonly perStatement: number; readonly p99: number } {
  const BATCH = 200;
  for (let count = 0; count < 50 * BATCH; count++) work();
  const perStatement = median(Array.from({ length: 200 }, () => {
    const started = performance.now();
    for (let count = 0; count < BATCH; count++) work();
    return (performance.now() - started) * 1000 / BATCH;
  }));
  const singles = new Float64Array(SAMPLES);
  for (let index = 0; index < SAMPLES; index++) {
    const started = performance.now();
    work();
    singles[index] = (performance.now() - started) * 1000;
  }
  singles.sort();
  return { perStatement, p99: singles[Math.floor(SAMPLES * 0.99)]! };
}

function sessionView(): SessionView {
  return {
    id: "S",
    user: "app",
    schema: "shop",
    client: { host: "127.0.0.1", port: 1 },
    attributes: new Map(),
    collation: 45,
    status: 2,
    ignoreSpace: false,
    multiStatements: true,
    serverVersion: "9.7.0",
  };
}
