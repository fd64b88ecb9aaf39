import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** LOAD DATA or LOAD XML. */
export const loadData = statementRule({
  code: "S006",
  name: "load-data",
  group: "security",
  title: "LOAD DATA or LOAD XML",
  score: 65,
  why:
    "LOCAL lets the server ask the client for any file it can read; without it the server reads its own files.",
  fix: "Send rows with INSERT, or allow LOCAL only for a loader whose server is trusted and verified by TLS.",
  fires: ["LOAD DATA LOCAL INFILE '/tmp/x.csv' INTO TABLE t", "LOAD DATA INFILE '/tmp/x.csv' INTO TABLE t"],
  quiet: ["INSERT INTO t (a) VALUES (1)", "LOAD INDEX INTO CACHE t"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html"],
  reads: "shape",
  kinds: ["load-data", "load-xml"],
  check(statement) {
    const table = displayName(statement.target);
    return [
      hit(statement.verb, `Loads a file of the ${statement.local ? "client" : "server"} into ${table}`),
    ];
  },
});
