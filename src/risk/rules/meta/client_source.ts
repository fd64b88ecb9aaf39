import { inputRule } from "../../rule.ts";

/** The file has the client read another file. */
export const clientSource = inputRule({
  code: "M012",
  name: "client-source",
  group: "meta",
  title: "Another file is read",
  score: 5,
  why: "The mysql client runs the statements of the file that is named, and they are not part of this file.",
  fix: "Lint that file as well.",
  fires: ["source other.sql\n", "\\. other.sql\n"],
  quiet: ["-- source other.sql\nSELECT 1;\n"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/mysql-batch-commands.html"],
});
