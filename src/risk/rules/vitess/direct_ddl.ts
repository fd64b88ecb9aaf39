import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Direct DDL on a branch with safe migrations. */
export const directDdl = statementRule({
  code: "V018",
  name: "direct-ddl",
  group: "vitess",
  title: "Direct DDL on a branch with safe migrations",
  score: 60,
  why: "The branch answers 'direct DDL is disabled', to every user.",
  fix: "Run it on a development branch and open a deploy request.",
  fires: ["ALTER TABLE users ADD a INT", "TRUNCATE TABLE users", "CREATE TABLE t (id BIGINT PRIMARY KEY)"],
  quiet: ["DELETE FROM users WHERE id = 7", "CREATE TEMPORARY TABLE t (id BIGINT PRIMARY KEY)"],
  given: { safeMigrations: true },
  references: ["https://planetscale.com/docs/vitess/schema-changes/safe-migrations"],
  targets: ["planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: [
    "create-table",
    "alter-table",
    "drop-table",
    "rename-table",
    "truncate-table",
    "create-index",
    "drop-index",
    "create-view",
    "alter-view",
    "drop-view",
    "optimize-table",
  ],
  check(statement, context) {
    if (!context.options.safeMigrations || ("temporary" in statement && statement.temporary)) return NO_HITS;
    return [hit(statement.verb, "Direct DDL is disabled while safe migrations are on")];
  },
});
