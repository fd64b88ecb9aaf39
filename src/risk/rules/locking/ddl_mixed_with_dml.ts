import { tableKey } from "../../names.ts";
import { fileRule, NO_FILE_HITS, type StatementPlace } from "../../rule.ts";

/** DDL and DML in one file. Seeding a table that the file itself created does not count. */
export const ddlMixedWithDml = fileRule({
  code: "L028",
  name: "ddl-mixed-with-dml",
  group: "locking",
  title: "DDL and DML in one file",
  score: 40,
  why:
    "Each DDL commits what came before it, so a migration that fails half way leaves some of its changes behind.",
  fix: "Put data changes into a migration of their own.",
  fires: ["ALTER TABLE users ADD a INT; UPDATE users SET a = 1 WHERE id < 100"],
  quiet: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY); INSERT INTO t (id) VALUES (1)",
    "ALTER TABLE users ADD a INT",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html"],
  open() {
    let ddl = false;
    let said = false;
    let dml: StatementPlace | undefined;
    return {
      statement(statement, place, context) {
        if (said || context.file?.dump === true) return NO_FILE_HITS;
        const onNewTables = statement.writes.every((write) =>
          context.file?.created(tableKey(write.table)) === true
        );
        switch (statement.kind) {
          case "alter-table":
          case "create-index":
          case "drop-index":
          case "rename-table":
          case "truncate-table":
            if (!onNewTables) ddl = true;
            break;
          case "insert":
          case "replace":
          case "update":
          case "delete":
            if (!onNewTables) dml ??= place;
            break;
          default:
            return NO_FILE_HITS;
        }
        if (!ddl || dml === undefined) return NO_FILE_HITS;
        said = true;
        return [{
          place: dml,
          message: "The DDL in this file commits around this change: they cannot fail together",
        }];
      },
      end: () => NO_FILE_HITS,
    };
  },
});
