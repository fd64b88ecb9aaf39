import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** A primary key that nothing replaces in the same statement. */
export const dropPrimaryKey = statementRule({
  code: "D009",
  name: "drop-primary-key",
  group: "destructive",
  title: "Primary key dropped",
  score: 80,
  why:
    "Without a primary key the table is copied with writes blocked, replicas search rows by scanning, and Vitess, gh-ost and PlanetScale refuse the table.",
  fix: "Add the new primary key in the same ALTER TABLE.",
  fires: ["ALTER TABLE users DROP PRIMARY KEY", "DROP INDEX `PRIMARY` ON users"],
  quiet: ["ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (uuid)", "ALTER TABLE users DROP KEY uuid"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table", "drop-index"],
  check(statement) {
    const message = `Leaves ${displayName(statement.table)} without a primary key`;
    if (statement.kind === "drop-index") {
      return statement.name.key === "primary" ? [hit(statement.name, message)] : NO_HITS;
    }
    const replaced = definedIndexes(statement).some((index) => index.kind === "primary");
    return replaced
      ? NO_HITS
      : statement.items.flatMap((item) => item.action === "drop-primary-key" ? [hit(item, message)] : []);
  },
});
