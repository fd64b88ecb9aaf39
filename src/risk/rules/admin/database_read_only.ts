import { hit, statementRule } from "../../rule.ts";

/** ALTER DATABASE ... READ ONLY, whichever way: writes stop, or what was frozen for a migration is thawed. */
export const databaseReadOnly = statementRule({
  code: "A027",
  name: "database-read-only",
  group: "admin",
  title: "ALTER DATABASE changes READ ONLY",
  score: 78,
  why:
    "Every write and every DDL in the schema fails from then on, or works again where a migration relied on that.",
  fix: "Leave it to the person who moves the schema, and warn the applications first.",
  fires: ["ALTER DATABASE shop READ ONLY = 1", "ALTER SCHEMA shop READ ONLY DEFAULT"],
  quiet: ["ALTER DATABASE shop CHARACTER SET utf8mb4", "CREATE DATABASE shop"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-database.html"],
  reads: "shape",
  kinds: ["alter-database"],
  check(statement) {
    return statement.options.filter(({ name }) => name === "READ ONLY").map((option) =>
      hit(option, `Changes whether ${statement.name?.text ?? "the current schema"} can be written at all`)
    );
  },
});
