import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Stored routine, trigger or event. */
export const storedProgram = statementRule({
  code: "V009",
  name: "stored-program",
  group: "vitess",
  title: "Stored routine, trigger or event",
  score: 75,
  why:
    "PlanetScale does not support stored programs of any form. vtgate answers most of them with a syntax error; procedures it passes on in unsharded keyspaces.",
  fix: "Do the work in the application or in a job.",
  fires: [
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
    "CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 1",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
  ],
  quiet: ["CREATE VIEW v AS SELECT id FROM t WHERE id > 0"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
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
  check(statement, context) {
    const { target, sharded } = context.options;
    const passes = statement.kind === "call" || statement.kind === "create-procedure";
    if (passes && !sharded && target !== "planetscale") return NO_HITS;
    const name = statement.kind === "call" ? statement.routine : statement.name;
    return [hit(statement.verb, `${displayName(name)}: stored programs are not supported`)];
  },
});
