import { inputRule } from "../../rule.ts";

/** DELIMITER not restored, or a body not closed. */
export const delimiterNotRestored = inputRule({
  code: "M004",
  name: "delimiter-not-restored",
  group: "meta",
  title: "DELIMITER not restored, or a body not closed",
  score: 30,
  why: "Whatever is appended to the file later becomes part of one long statement.",
  fix: "End the body with END and the delimiter, then write DELIMITER ; on a line of its own.",
  fires: ["DELIMITER //\nCREATE PROCEDURE p() SELECT 1//\n"],
  quiet: ["DELIMITER //\nCREATE PROCEDURE p() SELECT 1//\nDELIMITER ;\n"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/stored-programs-defining.html"],
});
