import { secretTexts } from "../../secret_texts.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Payment card number in the text. Numbers by which payment providers are tested. */
const TEST_NUMBERS: ReadonlySet<string> = new Set([
  "4242424242424242",
  "4111111111111111",
  "4012888888881881",
  "5555555555554444",
  "5105105105105100",
  "378282246310005",
  "371449635398431",
  "6011111111111117",
  "3566002020360505",
]);

export const cardNumber = anyStatementRule({
  code: "X005",
  name: "card-number",
  group: "sensitive",
  title: "Payment card number in the text",
  score: 60,
  why: "A card number in clear brings the file, its repository and every log of it under PCI DSS.",
  fix: "Take it out and rewrite the history; store a token of the payment provider instead.",
  fires: [
    "INSERT INTO payments (card) VALUES ('4539 1488 0343 6467')",
    "SELECT id FROM payments WHERE card = '5425233430109903'",
  ],
  quiet: [
    "INSERT INTO payments (card) VALUES ('4539 1488 0343 6468')",
    "SELECT id FROM orders WHERE id = 4539148803436467",
    "INSERT INTO payments (card) VALUES ('4242424242424242')",
  ],
  references: ["https://www.pcisecuritystandards.org/"],
  mode: "file",
  reads: "text",
  check(statement) {
    return secretTexts(statement.bytes, statement.start, statement.end).filter((text) => {
      if (!text.card) return false;
      const digits = String.fromCharCode(...statement.bytes.subarray(text.start, text.end)).replace(
        /\D/g,
        "",
      );
      return !TEST_NUMBERS.has(digits);
    }).slice(0, 20).map((text) => hit(text, "This looks like a payment card number"));
  },
});
