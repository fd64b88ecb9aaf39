import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Primary key replaced. */
export const replacePrimaryKey = statementRule({
  code: "L010",
  name: "replace-primary-key",
  group: "locking",
  title: "Primary key replaced",
  score: 65,
  why: "The clustered index and with it every secondary index is built anew.",
  fix: "Run it as a deploy request or with gh-ost; both need a unique key that stays.",
  fires: ["ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (tenant_id, id)"],
  quiet: ["ALTER TABLE users DROP KEY k, ADD KEY k (tenant_id, id)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    const dropped = statement.items.find((item) => item.action === "drop-primary-key");
    if (dropped === undefined || !definedIndexes(statement).some((index) => index.kind === "primary")) {
      return NO_HITS;
    }
    return [hit(dropped, `Rebuilds ${displayName(statement.table)} and all its indexes`)];
  },
});
