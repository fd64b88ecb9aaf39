import type { QueryBlock } from "../../../sql/statement.ts";
import { givesOneRow, isUserTable } from "../../queries.ts";
import { hit, statementRule } from "../../rule.ts";

const PERSONAL =
  /^(\w+_)?(e?mail|email_address|phone|phone_number|mobile|ssn|social_security_number|passport(_number|_no)?|tax_id|national_id|iban|credit_card(_number)?|card_number|date_of_birth|birth_?date|birthday|dob|salary|home_address|street_address|medical_record\w*)$/;

/** Personal data of every row read. */
export const bulkPersonalData = statementRule({
  code: "X006",
  name: "bulk-personal-data",
  group: "sensitive",
  title: "Personal data of every row read",
  score: 50,
  why: "A query that returns everyone's address or number is what a leak is made of.",
  fix: "Restrict it with WHERE or LIMIT, and select the personal columns only where they are used.",
  fires: ["SELECT email, ssn FROM users", "SELECT u.phone FROM users u JOIN orders o ON o.user_id = u.id"],
  quiet: [
    "SELECT email FROM users WHERE id = 1",
    "SELECT email FROM users LIMIT 10",
    "SELECT COUNT(email) FROM users",
    "SELECT name FROM users",
  ],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html"],
  reads: "shape",
  kinds: ["select"],
  check(statement) {
    return statement.blocks.filter((block) => block.role === "top" && isUnrestricted(block)).flatMap(
      (block) => {
        if (statement.query.limit !== undefined) return [];
        const item = block.items.find(({ expression }) =>
          expression.type === "column" && PERSONAL.test(expression.name.key)
        );
        return item === undefined ? [] : [hit(item, "Reads personal data of every row")];
      },
    );
  },
});

function isUnrestricted(block: QueryBlock): boolean {
  return block.where === undefined && block.limit === undefined && block.having === undefined &&
    block.from.some(isUserTable) && !givesOneRow(block);
}
