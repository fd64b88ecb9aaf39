import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Procedures of sys that only read, or that a rule of their own follows. */
const HARMLESS: ReadonlySet<string> = new Set([
  "execute_prepared_stmt",
  "ps_setup_show_disabled",
  "ps_setup_show_disabled_consumers",
  "ps_setup_show_disabled_instruments",
  "ps_setup_show_enabled",
  "ps_setup_show_enabled_consumers",
  "ps_setup_show_enabled_instruments",
  "ps_statement_avg_latency_histogram",
  "table_exists",
]);

/** A procedure of the server's own: sys changes instrumentation, mysql.rds_* and mysql.az_* change the server. */
export const serverProcedure = statementRule({
  code: "A026",
  name: "server-procedure",
  group: "admin",
  title: "CALL of a procedure that changes the server",
  score: 72,
  why:
    "The procedures in sys switch instrumentation and write files, and those a hosted MySQL keeps in mysql change replication, settings or other sessions.",
  fix: "Leave such calls to an administrator's session; an application needs none of them.",
  fires: [
    "CALL sys.ps_trace_thread(25, '/tmp/trace.dot', NULL, NULL, TRUE, TRUE, TRUE)",
    "CALL sys.ps_setup_disable_consumer('events_statements')",
    "CALL mysql.rds_stop_replication",
  ],
  quiet: [
    "CALL shop.archive(7)",
    "CALL sys.ps_setup_show_enabled(TRUE, TRUE)",
    "CALL sys.table_exists('a', 'b', @x)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/sys-procedures.html"],
  reads: "shape",
  kinds: ["call"],
  check(statement) {
    const { schema, name } = statement.routine;
    if (schema?.key !== "sys" && schema?.key !== "mysql" || HARMLESS.has(name.key)) return NO_HITS;
    return [hit(statement.routine, `Runs ${schema.key}.${name.text}, which changes the server`)];
  },
});
