/**
 * Records what vtgate makes of the statements of tests/testdata/vitess_verdicts.txt, release by release:
 *
 *     deno run --allow-all scripts/record_vitess.ts [--add FILE] [RELEASE...]
 *
 * FILE holds further statements, one a line. Without a release all are recorded; each takes two to five minutes, and its
 * first run builds it. Statements whose verdict depends on data or settings of a session are run in sessions of their own.
 */
import { parseArgs } from "node:util";
import { type Connection, createConnection, type QueryError } from "npm:mysql2@3.24.6/promise";
import { startServer } from "../tests/support/servers.ts";
import { startVitess, type TestVitess, VITESS_PASSWORD } from "../tests/support/vitess.ts";
import { VITESS_RELEASES } from "../tests/support/vitess_build.ts";
import {
  readVerdicts,
  type RecordedStatement,
  type VerdictLetter,
  verdictOf,
  writeVerdicts,
} from "../tests/support/vitess_verdicts.ts";

const AT_ONCE = 4;
const PATIENCE_MS = 8000;
/** What leaves something behind in its session. */
const LASTING =
  /^\W*(set|use|begin|start|lock|flush|prepare|execute|savepoint|xa|kill|create temp)|get_lock/i;
/** What VEXPLAIN PLAN explains. */
const PLANNED = /^[\s(]*(select|insert|update|delete|with)\b/i;
/** Names after which a table may be meant; vtgate gets all of them, so that it does not stop at the first. */
const TABLE_NAMES = /\b(?:from|join|into|update|table|ignore)\s*\(*\s*`?([a-z_]\w*)`?|,\s*`?([a-z_]\w*)`?/gi;
const NOT_TABLES = new Set(
  "select from where set values table ignore if dual lateral json_table countries".split(" "),
);

const { values, positionals } = parseArgs({ options: { add: { type: "string" } }, allowPositionals: true });
let statements = await readVerdicts();
if (values.add !== undefined) statements = await withAdded(statements, values.add);
for (const [index, release] of VITESS_RELEASES.entries()) {
  if (positionals.length > 0 && !positionals.includes(release.version)) continue;
  await using vitess = await startVitess({
    release,
    planned: tablesIn(statements),
    args: ["--schema-change-signal=false", "--queryserver-config-query-timeout=3s"],
  });
  const unsharded = await verdictsOf(vitess, "app", statements);
  const sharded = await verdictsOf(vitess, "shop", statements);
  statements = statements.map((statement, at) => ({
    ...statement,
    unsharded: statement.unsharded.with(index, unsharded[at]),
    sharded: statement.sharded.with(index, sharded[at]),
  }));
  await writeVerdicts(statements);
  console.log(`${release.version}: ${statements.length} statements`);
}

async function withAdded(old: readonly RecordedStatement[], file: string): Promise<RecordedStatement[]> {
  const known = new Set(old.map(({ sql }) => sql));
  const added = [...new Set((await Deno.readTextFile(file)).split("\n"))]
    .filter((sql) => sql !== "" && !sql.includes("\t") && !known.has(sql));
  await using mysql = await startServer({ flavour: "mysql" });
  await mysql.createUser({ name: "app", password: VITESS_PASSWORD });
  await mysql.sql("CREATE DATABASE app");
  const connection = await createConnection({
    host: "127.0.0.1",
    port: mysql.port,
    user: "app",
    password: VITESS_PASSWORD,
    database: "app",
  });
  const none = VITESS_RELEASES.map(() => undefined);
  const more: RecordedStatement[] = [];
  for (const sql of added) {
    const errno = await connection.prepare(sql).then(
      (prepared) => (prepared.close(), 0),
      (error: QueryError) => error.errno,
    );
    more.push({ sql, valid: errno !== 1064, unsharded: none, sharded: none });
  }
  await connection.end();
  await writeVerdicts([...old, ...more]);
  return [...old, ...more];
}

function tablesIn(all: readonly RecordedStatement[]): string[] {
  const names = all.flatMap(({ sql }) =>
    [...sql.matchAll(TABLE_NAMES)].map(([, a, b]) => (a ?? b ?? "").toLowerCase())
  );
  return [...new Set(names)].filter((name) => !NOT_TABLES.has(name));
}

async function verdictsOf(
  vitess: TestVitess,
  keyspace: string,
  all: readonly RecordedStatement[],
): Promise<VerdictLetter[]> {
  const verdicts: VerdictLetter[] = new Array(all.length).fill("?");
  const queue = all.entries();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    let connection: Connection | undefined;
    for (const [at, { sql }] of queue) {
      connection ??= await connect(vitess, keyspace);
      const answer = await ask(connection, sql);
      let { spent } = answer;
      // Of tables whose columns it does not know vtgate panics over the types of some; of others it would not.
      let verdict = answer.closed && keyspace === "shop" && PLANNED.test(sql)
        ? "?"
        : verdictOf(answer.message, answer.closed);
      if (verdict === "." && PLANNED.test(sql)) {
        const plan = await ask(connection, `VEXPLAIN PLAN ${sql}`);
        spent ||= plan.spent;
        if (routesToOneShard(plan.text)) verdict = "1";
      }
      verdicts[at] = verdict;
      if (!spent && !LASTING.test(sql)) continue;
      connection.destroy();
      connection = undefined;
    }
    connection?.destroy();
  }));
  return verdicts;
}

function routesToOneShard(plan: string): boolean {
  const variants = [...plan.matchAll(/"Variant": "(\w+)"/g)].map(([, variant]) => variant ?? "");
  return variants.length > 0 &&
    variants.every((variant) => /^(EqualUnique|Reference|None|Next|Unsharded)$/.test(variant));
}

function connect(vitess: TestVitess, keyspace: string): Promise<Connection> {
  return createConnection({
    host: "127.0.0.1",
    port: vitess.port,
    user: "sha2",
    password: VITESS_PASSWORD,
    database: keyspace,
    ssl: { rejectUnauthorized: false },
  });
}

interface Answer {
  readonly message: string;
  readonly text: string;
  /** vtgate closed the connection in place of an answer. */
  readonly closed: boolean;
  /** The connection cannot be used again. */
  readonly spent: boolean;
}

/** Sends a statement. One that is not answered in time counts as accepted. */
async function ask(connection: Connection, sql: string): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), PATIENCE_MS));
  try {
    const result = await Promise.race([connection.query(sql), late]);
    if (result === "late") return { message: "", text: "", closed: false, spent: true };
    return {
      message: "",
      text: JSON.stringify(result[0]).replaceAll('\\"', '"'),
      closed: false,
      spent: false,
    };
  } catch (error) {
    const { sqlMessage, message } = error as QueryError & { readonly sqlMessage?: string };
    const closed = sqlMessage === undefined;
    return { message: sqlMessage ?? message, text: "", closed, spent: closed };
  } finally {
    clearTimeout(timer);
  }
}
