import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** V009. */
export const storedProgram = statementRule({
  code: "V009",
  name: "stored-program",
  group: "vitess",
  title: "Stored routine, trigger or event",
  score: 75,
  why:
    "PlanetScale does not support stored programs of any form, and vtgate answers most of them with a syntax error.",
  fix: "Do the work in the application or in a job.",
  fires: [
    "CREATE PROCEDURE p() SELECT 1",
    "CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 1",
    "CALL p()",
  ],
  quiet: ["CREATE VIEW v AS SELECT id FROM t WHERE id > 0"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  reads: "shape",
  kinds: [
    "create-procedure",
    "create-function",
    "create-trigger",
    "create-event",
    "create-library",
    "create-package",
    "alter-procedure",
    "alter-function",
    "alter-event",
    "alter-library",
    "call",
  ],
  check(statement) {
    const name = statement.kind === "call" ? statement.routine : statement.name;
    return [hit(statement.verb, `${displayName(name)}: stored programs are not supported`)];
  },
});
