import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Trigger created. */
export const createTrigger = statementRule({
  code: "L027",
  name: "create-trigger",
  group: "locking",
  title: "Trigger created",
  score: 45,
  why:
    "Every write of the table does hidden work from now on, and gh-ost, Vitess and PlanetScale refuse tables with triggers.",
  fix: "Do the work in the application, or in a consumer of the change stream.",
  fires: ["CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.a = 1"],
  quiet: ["CREATE VIEW v AS SELECT id FROM users WHERE id > 0"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/triggers.html"],
  reads: "shape",
  kinds: ["create-trigger"],
  check(statement) {
    const table = statement.table === undefined ? "the table" : displayName(statement.table);
    return [hit(statement.name, `Adds hidden work to every write of ${table}`)];
  },
});
