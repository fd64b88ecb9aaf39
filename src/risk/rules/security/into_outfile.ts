import { anyStatementRule, hit } from "../../rule.ts";

/** INTO OUTFILE or INTO DUMPFILE. */
export const intoOutfile = anyStatementRule({
  code: "S004",
  name: "into-outfile",
  group: "security",
  title: "INTO OUTFILE or INTO DUMPFILE",
  score: 88,
  why:
    "The server writes a file with its own rights: data leaves the database, and a script in a web root is run by the next visitor.",
  fix: "Write files on the client; keep secure_file_priv NULL and FILE revoked.",
  fires: [
    "SELECT id INTO OUTFILE '/tmp/x' FROM users WHERE id = 1",
    "SELECT '<?php ?>' INTO DUMPFILE '/var/www/html/x.php'",
  ],
  quiet: ["SELECT id INTO @x FROM users WHERE id = 1", "SELECT 'INTO OUTFILE'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/select-into.html"],
  reads: "shape",
  check(statement) {
    return statement.blocks.flatMap(({ into }) =>
      into === undefined || into.kind === "variables"
        ? []
        : [hit(into, "The server writes a file", into.kind === "dumpfile" ? 92 : undefined)]
    );
  },
});
