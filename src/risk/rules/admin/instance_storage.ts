import { statementRule } from "../../rule.ts";

/** Tablespace, log file group or resource group. */
export const instanceStorage = statementRule({
  code: "A024",
  name: "instance-storage",
  group: "admin",
  title: "Tablespace, log file group or resource group",
  score: 50,
  why: "These belong to the server, not to the schema: files on its disks, threads and their priority.",
  fix: "Leave them to the server's configuration; a hosted MySQL refuses them.",
  fires: [
    "CREATE TABLESPACE ts ADD DATAFILE 'ts.ibd'",
    "DROP TABLESPACE ts",
    "CREATE UNDO TABLESPACE u ADD DATAFILE 'u.ibu'",
    "ALTER RESOURCE GROUP rg VCPU = 0-1",
  ],
  quiet: ["CREATE TABLE t (id INT PRIMARY KEY)", "SELECT tablespace FROM t WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-tablespace.html"],
  reads: "shape",
  kinds: [
    "create-tablespace",
    "alter-tablespace",
    "drop-tablespace",
    "create-logfile-group",
    "alter-logfile-group",
    "drop-logfile-group",
    "create-resource-group",
    "alter-resource-group",
    "drop-resource-group",
    "set-resource-group",
  ],
  check(statement) {
    const { start, end } = statement.verb;
    const what = statement.kind.replace(/^\w+-/, "").replaceAll("-", " ");
    return [{ start, end, message: `Changes a ${what}, which belongs to the server` }];
  },
});
