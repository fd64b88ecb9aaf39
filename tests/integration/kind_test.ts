/**
 * What MySQL's performance_schema says a statement was, against the analyser's kind; and whether a statement that MySQL
 * can parse leaves the analyser without complaint. An account with no privilege that changes anything sends them, so that none has an effect.
 * The statements: every form of the manual (tests/testdata/statement_kinds.sql), the digest's, generated ones, and any
 * folder of SQL that QUERYCOP_CORPUS names.
 */
import assert from "node:assert/strict";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import type { Statement } from "../../src/sql/statement.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";
import { SqlGenerator } from "../support/sql_generator.ts";
import { writeStatement } from "../support/sql_writer.ts";

const GENERATED = 1500;

/** Names that MySQL gives what its own tables of kinds call otherwise; a kind that is not here has its own name. */
const NAMES: Readonly<Record<string, RegExp>> = {
  "alter-database": /^alter_db$/,
  "alter-logfile-group": /^alter_tablespace$/,
  "alter-user": /^alter_user(_default_role)?$/,
  "alter-view": /^create_view$/,
  "analyze-table": /^analyze$/,
  "begin": /^begin$/,
  "cache-index": /^assign_to_keycache$/,
  "call": /^call_procedure$/,
  "change-replication-filter": /^change_repl_filter$/,
  "change-replication-source": /^change_(replication_source|master)$/,
  "check-table": /^check$/,
  "checksum-table": /^checksum$/,
  "create-database": /^create_db$/,
  "create-function": /^create_(spfunction|function|udf)$/,
  "create-logfile-group": /^alter_tablespace$/,
  "create-spatial-reference-system": /^create_spatial_reference_system$/,
  "create-tablespace": /^alter_tablespace$/,
  "deallocate-prepare": /^dealloc_sql$/,
  "delete": /^delete(_multi)?$/,
  "describe-table": /^show_fields$/,
  "drop-database": /^drop_db$/,
  "drop-logfile-group": /^alter_tablespace$/,
  "drop-spatial-reference-system": /^drop_spatial_reference_system$/,
  "drop-tablespace": /^alter_tablespace$/,
  "empty": /^(empty_query|error)$/,
  "execute": /^execute_sql$/,
  "explain":
    /^(explain_other|select|insert|insert_select|replace|replace_select|update|update_multi|delete|delete_multi)$/,
  "get-diagnostics": /^get_diagnostics$/,
  "grant": /^grant(_roles)?$/,
  "handler": /^ha_(open|read|close)$/,
  "import-table": /^import$/,
  "insert": /^insert(_select)?$/,
  "load-data": /^load$/,
  "load-xml": /^load$/,
  "load-index": /^preload_keys$/,
  "lock-instance": /^(lock_instance|.*instance.*)$/,
  "unlock-instance": /^(unlock_instance|.*instance.*)$/,
  "optimize-table": /^optimize$/,
  "prepare": /^prepare_sql$/,
  "purge-binary-logs": /^purge(_before_date)?$/,
  "repair-table": /^repair$/,
  "replace": /^replace(_select)?$/,
  "revoke": /^revoke(_all|_roles)?$/,
  "rollback-to-savepoint": /^rollback_to_savepoint$/,
  "set": /^set_option$/,
  "set-default-role": /^alter_user_default_role$/,
  "set-password": /^(set_password|alter_user)$/,
  "set-transaction": /^set_option$/,
  // SHOW COUNT(*) WARNINGS is a SELECT to MySQL.
  "show": /^(show_.*|select)$/,
  "start-group-replication": /^(start_group_replication|group_replication_start)$/,
  "stop-group-replication": /^(stop_group_replication|group_replication_stop)$/,
  "start-replica": /^(replica|slave)_start$/,
  "stop-replica": /^(replica|slave)_stop$/,
  "truncate-table": /^truncate$/,
  "update": /^update(_multi)?$/,
  "use": /^change_db$/,
  "xa": /^xa_(start|end|prepare|commit|rollback|recover)$/,
};

/** Statements MySQL can parse and the analyser complains of, with the reason. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map();

Deno.test("kinds are performance_schema's, and what MySQL can parse is without problems", async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.sql("CREATE DATABASE d");
  await server.createUser({ name: "nobody", password: "secret", grant: "SHOW VIEW ON d.*" });
  await server.createUser({ name: "observer", password: "secret" });
  const login = { host: server.host, port: server.port, password: "secret", charset: "utf8mb4" };
  const observer = await mysql.createConnection({ ...login, user: "observer" });
  const wrong: string[] = [];
  let parsed = 0;
  let refused = 0;
  try {
    const nobody = await mysql.createConnection({
      ...login,
      user: "nobody",
      // Some statements are refused before they have a kind where no database is chosen.
      database: "d",
    });
    try {
      const thread = await threadOf(nobody, observer);
      for (const sql of await statements()) {
        const event = await eventOf(sql, nobody, observer, thread);
        if (event === undefined) {
          refused++;
          continue;
        }
        parsed++;
        const statement = statementOf(sql);
        const expected = NAMES[statement.kind] ?? new RegExp(`^${statement.kind.replaceAll("-", "_")}$`);
        const name = event.replace(/^statement\/(sql|abstract)\//, "");
        if (!expected.test(name)) wrong.push(`${name} is called ${statement.kind}: ${sql}`);
        const [problem] = statement.problems;
        if (problem !== undefined && !EXCEPTIONS.has(sql)) {
          const at = new TextDecoder().decode(
            new TextEncoder().encode(sql).subarray(problem.start, problem.end),
          );
          wrong.push(`${problem.code} at "${at}": ${sql}`);
        }
      }
    } finally {
      nobody.destroy();
    }
  } finally {
    await observer.end();
  }
  console.log(`kinds: ${parsed - wrong.length} of ${parsed} agree; MySQL cannot parse ${refused} more`);
  assert.ok(parsed > 1000, `only ${parsed} statements were judged`);
  assert.deepEqual(wrong, []);
});

async function threadOf(nobody: Connection, observer: Connection): Promise<number> {
  const [[row]] = await nobody.query<RowDataPacket[]>("SELECT CONNECTION_ID() AS id");
  const [[thread]] = await observer.query<RowDataPacket[]>(
    "SELECT THREAD_ID AS id FROM performance_schema.threads WHERE PROCESSLIST_ID = ?",
    [row?.id],
  );
  return Number(thread?.id);
}

/** The event that a statement was; undefined where MySQL cannot parse it. */
async function eventOf(
  sql: string,
  nobody: Connection,
  observer: Connection,
  thread: number,
): Promise<string | undefined> {
  // What an earlier statement set would have this one read otherwise.
  await nobody.query("SET sql_mode = DEFAULT");
  await nobody.query("SET NAMES utf8mb4");
  try {
    await nobody.query({ sql, infileStreamFactory: () => refuseFile() });
  } catch (error) {
    if (!(error instanceof Error) || !("errno" in error)) throw error;
    // A syntax error; and one that says a form is deprecated away is no form at all.
    if (error.errno === 1064 || error.errno === 1149) return undefined;
  }
  const [[row]] = await observer.query<RowDataPacket[]>(
    "SELECT EVENT_NAME AS name FROM performance_schema.events_statements_current " +
      "WHERE THREAD_ID = ? AND NESTING_EVENT_LEVEL = 0",
    [thread],
  );
  const name = String(row?.name);
  return name === "statement/sql/error" ? undefined : name;
}

function refuseFile(): never {
  throw new Error("no file is sent");
}

function statementOf(sql: string): Statement {
  const bytes = new TextEncoder().encode(sql);
  return analyse(bytes, tokenize(bytes, DEFAULT_SQL_OPTIONS), DEFAULT_SQL_OPTIONS);
}

async function statements(): Promise<string[]> {
  const list: string[] = [];
  for (const name of ["statement_kinds.sql", "digest_statements.sql"]) {
    const text = await Deno.readTextFile(new URL(`../testdata/${name}`, import.meta.url));
    list.push(...text.split("\n").filter((line) => line !== ""));
  }
  const random = new Random(3);
  const generator = new SqlGenerator(random);
  for (let count = 0; count < GENERATED; count++) list.push(writeStatement(generator.statement(), random));
  const corpus = Deno.env.get("QUERYCOP_CORPUS");
  if (corpus !== undefined) await addFolder(corpus, list);
  return list.filter((sql) => !/\bLOCAL\s+INFILE\b/i.test(sql) && !/^\s*(XA|ROLLBACK.*RELEASE)/i.test(sql));
}

async function addFolder(folder: string, list: string[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await addFolder(path, list);
    else if (entry.name.endsWith(".sql")) {
      const bytes = await Deno.readFile(path);
      const reader = new StatementReader({ ...DEFAULT_SQL_OPTIONS, clientFile: true });
      for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
        list.push(new TextDecoder().decode(bytes.subarray(reader.start, reader.end)));
      }
    }
  }
}
