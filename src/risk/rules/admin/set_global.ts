import { hit, NO_HITS, statementRule } from "../../rule.ts";
import { globalItems } from "../../variables.ts";
import { isGuarded } from "./set_guarded_global.ts";

/** Settings of the whole server. The variables that guard something are A012's. */
export const setGlobal = statementRule({
  code: "A011",
  name: "set-global",
  group: "admin",
  title: "SET GLOBAL, SET PERSIST or RESET PERSIST",
  score: 70,
  why:
    "The setting changes for every session of the server, past this script and past what the server's configuration says.",
  fix: "Set it for the session, or change the server's configuration where that is managed.",
  fires: [
    "SET GLOBAL max_connections = 1000",
    "SET @@persist.innodb_buffer_pool_size = 1073741824",
    "SET SESSION sort_buffer_size = 1, GLOBAL long_query_time = 1",
    "SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "RESET PERSIST",
  ],
  quiet: ["SET SESSION sort_buffer_size = 262144", "SET @max_connections = 1000", "SET NAMES utf8mb4"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/set-variable.html"],
  reads: "shape",
  kinds: ["set", "set-transaction", "reset"],
  check(statement) {
    if (statement.kind === "reset") {
      return statement.what.includes("PERSIST")
        ? [hit(statement.verb, "Drops settings that were to survive the next restart")]
        : NO_HITS;
    }
    if (statement.kind === "set-transaction") {
      if (statement.scope !== "global") return [];
      const { start, end } = statement.verb;
      return [{ start, end, message: "Changes the isolation of every new session" }];
    }
    return globalItems(statement).filter((item) => !isGuarded(item.name)).map((item) => ({
      start: item.start,
      end: item.end,
      message: `Changes ${item.name} for the whole server`,
    }));
  },
});
