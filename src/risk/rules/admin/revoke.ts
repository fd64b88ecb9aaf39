import { statementRule } from "../../rule.ts";

/** REVOKE. */
export const revoke = statementRule({
  code: "A004",
  name: "revoke",
  group: "admin",
  title: "REVOKE",
  score: 45,
  why: "An application that still needs the privilege fails at its next statement.",
  fix:
    "Make sure that nothing has used the privilege for a while, and keep the GRANT at hand that restores it.",
  fires: [
    "REVOKE INSERT ON shop.* FROM app",
    "REVOKE ALL PRIVILEGES, GRANT OPTION FROM app",
    "REVOKE reader FROM app",
  ],
  quiet: ["SHOW GRANTS FOR app", "GRANT INSERT ON shop.* TO app"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/revoke.html"],
  reads: "shape",
  kinds: ["revoke"],
  check(statement) {
    const { start, end } = statement.verb;
    return statement.form === "all"
      ? [{ start, end, message: "Takes every privilege away", score: 60 }]
      : [{ start, end, message: `Takes ${statement.form === "roles" ? "a role" : "privileges"} away` }];
  },
});
