import type { Hit } from "../../rule.ts";
import { statementRule } from "../../rule.ts";

/** A FEDERATED connection string with a password: scheme://user:password@host. */
const CONNECTION_PASSWORD = /^\w+:\/\/[^:@/]*:[^@/]+@/;

/** Foreign server or FEDERATED connection. The strings are in `secretSpans` too. */
export const foreignServer = statementRule({
  code: "A021",
  name: "foreign-server",
  group: "admin",
  title: "Foreign server or FEDERATED connection",
  score: 70,
  why:
    "The server opens connections to another one with credentials that stand in clear in the statement and in mysql.servers.",
  fix: "Move data between servers in the application or with replication.",
  fires: [
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'r', PASSWORD 'secret1', HOST '10.0.0.1')",
    "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=FEDERATED CONNECTION='mysql://u:secret1@10.0.0.1/d/t'",
    "ALTER SERVER s OPTIONS (HOST '10.0.0.2')",
  ],
  quiet: ["CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "DROP TABLE servers"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-server.html"],
  reads: "text",
  kinds: ["create-server", "alter-server", "create-table", "alter-table"],
  mayFire(statement) {
    if (statement.kind === "alter-table") {
      return statement.items.some((item) => item.action === "option" && item.option.name === "CONNECTION");
    }
    return statement.kind !== "create-table" ||
      statement.options.some((option) => option.name === "CONNECTION");
  },
  check(statement) {
    const hits: Hit[] = [];
    if (statement.kind !== "create-table" && statement.kind !== "alter-table") {
      const secret = statement.options.find((option) => option.name === "PASSWORD" && option.value !== "");
      const { start, end } = secret?.valueSpan ?? statement.verb;
      hits.push(
        secret === undefined
          ? { start, end, message: "Connects the server to another one", score: 50 }
          : { start, end, message: "A foreign server's password is written in clear" },
      );
      return hits;
    }
    const options = statement.kind === "alter-table"
      ? statement.items.flatMap((item) => item.action === "option" ? [item.option] : [])
      : statement.options;
    for (const option of options) {
      if (option.name !== "CONNECTION") continue;
      const secret = CONNECTION_PASSWORD.test(option.value);
      hits.push({
        start: option.start,
        end: option.end,
        message: secret
          ? "A FEDERATED connection's password is written in clear"
          : "The table lies on another server",
        ...(secret ? {} : { score: 50 }),
      });
    }
    return hits;
  },
});
