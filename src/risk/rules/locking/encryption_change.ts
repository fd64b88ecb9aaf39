import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Table encryption changed. */
export const encryptionChange = statementRule({
  code: "L031",
  name: "encryption-change",
  group: "locking",
  title: "Table encryption changed",
  score: 65,
  why: "The table is copied with writes blocked to encrypt or decrypt every page.",
  fix: "Set the encryption when the table or the schema is created, or plan for a copy.",
  fires: ["ALTER TABLE users ENCRYPTION = 'Y'"],
  quiet: ["CREATE TABLE users (id BIGINT PRIMARY KEY) ENCRYPTION = 'Y'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-data-encryption.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.action === "option" && item.option.name === "ENCRYPTION"
        ? [hit(item, `Copies ${displayName(statement.table)} with writes blocked`)]
        : []
    );
  },
});
