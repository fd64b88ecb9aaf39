import { tableKey } from "../../names.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** LOCK=NONE where the server refuses it. */
export const lockNoneRefused = fileRule({
  code: "L032",
  name: "lock-none-refused",
  group: "locking",
  title: "LOCK=NONE where the server refuses it",
  score: 30,
  why:
    "A table whose foreign key cascades or sets NULL cannot be altered with LOCK=NONE, so the migration fails.",
  fix: "Leave LOCK=NONE out, or make the foreign key RESTRICT.",
  fires: [
    "CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE); ALTER TABLE o ADD KEY k (u), LOCK=NONE",
  ],
  quiet: ["CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT); ALTER TABLE o ADD KEY k (u), LOCK=NONE"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-limitations.html"],
  open: () => ({
    statement(statement, place, context) {
      if (statement.kind !== "alter-table" || statement.lock?.value !== "none") return NO_FILE_HITS;
      const facts = context.schema.table(tableKey(statement.table));
      if (facts?.foreignKeys.some((key) => key.cascades) !== true) return NO_FILE_HITS;
      return [{
        place,
        span: statement.lock,
        message: "The server refuses LOCK=NONE: a foreign key of the table cascades",
      }];
    },
    end: () => NO_FILE_HITS,
  }),
});
