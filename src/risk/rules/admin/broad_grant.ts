import { NO_HITS, statementRule } from "../../rule.ts";
import { isPowerful } from "./powerful_grant.ts";

/** Privileges that exist on the global level alone, so that ON *.* says nothing about their breadth. */
const GLOBAL_ONLY: ReadonlySet<string> = new Set([
  "USAGE",
  "REPLICATION SLAVE",
  "REPLICATION CLIENT",
  "SHOW DATABASES",
  "CREATE TABLESPACE",
  "CREATE ROLE",
  "DROP ROLE",
]);

/** GRANT of all privileges, on every schema, or with GRANT OPTION. ALL on one table is narrower than ALL on a schema, and both than ALL on everything. */
export const broadGrant = statementRule({
  code: "A001",
  name: "broad-grant",
  group: "admin",
  title: "GRANT of all privileges, on every schema, or with GRANT OPTION",
  score: 88,
  why: "Whoever gets hold of this account owns everything it covers, and with GRANT OPTION may hand it on.",
  fix: "Grant the few privileges the application uses, on its own schema, without GRANT OPTION.",
  fires: [
    "GRANT ALL PRIVILEGES ON *.* TO 'app'@'10.0.0.%'",
    "GRANT SELECT, INSERT ON *.* TO app",
    "GRANT SELECT ON shop.* TO app WITH GRANT OPTION",
    "GRANT ALL ON shop.* TO app",
  ],
  quiet: [
    "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO app",
    "GRANT USAGE ON *.* TO app",
    "GRANT REPLICATION CLIENT ON *.* TO monitor",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/grant.html"],
  reads: "shape",
  kinds: ["grant"],
  check(statement) {
    if (statement.form !== "privileges") return NO_HITS;
    const scope = statement.level?.scope;
    const all = statement.privileges.find((privilege) => privilege.name.startsWith("ALL"));
    const span = all ?? statement.privileges[0] ?? statement.verb;
    if (all !== undefined) {
      const [where, score] = scope === "global"
        ? ["every schema", 95]
        : scope === "object"
        ? ["one object", 60]
        : ["a whole schema", 75];
      return [{
        ...at(span),
        message: `Grants all privileges on ${where}`,
        score: statement.grantOption ? 95 : score,
      }];
    }
    if (statement.grantOption) {
      return [{ ...at(span), message: "Grants privileges together with the right to grant them to others" }];
    }
    if (scope !== "global") return NO_HITS;
    const broad = statement.privileges.filter((privilege) =>
      !GLOBAL_ONLY.has(privilege.name) && !privilege.name.includes("_") && !isPowerful(privilege.name)
    );
    const [first] = broad;
    return first === undefined
      ? NO_HITS
      : [{ ...at(first), message: `Grants ${broad.map((one) => one.name).join(", ")} on every schema` }];
  },
});

function at(span: { readonly start: number; readonly end: number }) {
  return { start: span.start, end: span.end };
}
