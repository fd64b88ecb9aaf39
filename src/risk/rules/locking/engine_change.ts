import { displayName, tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Storage engine set by ALTER TABLE. */
export const engineChange = statementRule({
  code: "L011",
  name: "engine-change",
  group: "locking",
  title: "Storage engine set by ALTER TABLE",
  score: 75,
  why:
    "Another engine means that the table is copied with writes blocked; ENGINE=InnoDB on an InnoDB table rebuilds it.",
  fix: "Leave the engine alone. To reclaim space, rebuild the table with a deploy request or gh-ost.",
  fires: ["ALTER TABLE logs ENGINE=MyISAM", "ALTER TABLE logs ENGINE InnoDB"],
  quiet: ["CREATE TABLE logs (id BIGINT PRIMARY KEY) ENGINE=InnoDB"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const known = context.schema.table(tableKey(statement.table))?.engine;
    return statement.items.flatMap((item) => {
      if (item.action !== "option" || item.option.name !== "ENGINE") return [];
      const engine = item.option.value.toLowerCase();
      return engine === "innodb" && (known === undefined || known === "innodb")
        ? [hit(item, `Rebuilds ${displayName(statement.table)}`, 45)]
        : [hit(item, `Copies ${displayName(statement.table)} with writes blocked into ${item.option.value}`)];
    });
  },
});
