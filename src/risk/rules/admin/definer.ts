import { displayAccount } from "../../accounts.ts";
import { NO_HITS, statementRule } from "../../rule.ts";

/** DEFINER or SQL SECURITY DEFINER. */
export const definer = statementRule({
  code: "A022",
  name: "definer",
  group: "admin",
  title: "DEFINER or SQL SECURITY DEFINER",
  score: 35,
  why:
    "The object runs with the definer's rights, not the caller's, and stops working where that account does not exist.",
  fix: "Leave DEFINER out, and write SQL SECURITY INVOKER where the caller's rights are enough.",
  fires: [
    "CREATE DEFINER = root@localhost VIEW v AS SELECT 1",
    "CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1",
    "CREATE DEFINER = 'admin'@'%' PROCEDURE p() SELECT 1",
  ],
  quiet: [
    "CREATE VIEW v AS SELECT 1",
    "CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1",
    "CREATE DEFINER = CURRENT_USER VIEW v AS SELECT 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/stored-objects-security.html"],
  reads: "text",
  kinds: [
    "create-view",
    "alter-view",
    "create-procedure",
    "create-function",
    "create-trigger",
    "create-event",
    "alter-event",
    "alter-procedure",
    "alter-function",
  ],
  mayFire: (statement) => statement.definer !== undefined || statement.security !== undefined,
  check(statement) {
    const { definer, security } = statement;
    if (definer !== undefined && !definer.current) {
      const { start, end } = definer;
      const invoker = security?.value === "invoker";
      return [{
        start,
        end,
        message: invoker
          ? `Names ${displayAccount(definer)} as definer, who has to exist`
          : `Runs with the rights of ${displayAccount(definer)}`,
        ...(invoker ? { score: 15 } : {}),
      }];
    }
    if (security?.value !== "definer") return NO_HITS;
    return [{
      start: security.start,
      end: security.end,
      message: "Runs with the rights of whoever created it",
    }];
  },
});
