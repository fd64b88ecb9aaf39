import { statementRule } from "../../rule.ts";

/** KILL. Drivers send KILL QUERY to cancel a statement of their own. */
export const kill = statementRule({
  code: "A014",
  name: "kill",
  group: "admin",
  title: "KILL",
  score: 50,
  why: "Another session's work is rolled back; the id may belong to someone else by the time it arrives.",
  fix: "Set MAX_EXECUTION_TIME on the statement, or cancel through the driver that runs it.",
  fires: ["KILL 42", "KILL CONNECTION 42", "KILL QUERY 42"],
  quiet: ["SHOW PROCESSLIST", "SELECT kills FROM scores WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/kill.html"],
  reads: "shape",
  kinds: ["kill"],
  check(statement) {
    const { start, end } = statement.verb;
    return statement.what === "query"
      ? [{ start, end, message: "Cancels a session's statement", score: 30 }]
      : [{ start, end, message: "Ends another session" }];
  },
});
