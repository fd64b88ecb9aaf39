import type { Call, Expression } from "../../../sql/statement.ts";
import { callsTo } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const CHAR: ReadonlySet<string> = new Set(["char"]);
const JOINING: ReadonlySet<string> = new Set(["concat", "concat_ws", "group_concat"]);

/** Text put together from character codes. Binary keys are written in hexadecimal too, but not joined to other text. */
export const encodedText = anyStatementRule({
  code: "S014",
  name: "encoded-text",
  group: "security",
  title: "Text put together from character codes",
  score: 50,
  why:
    "CHAR(60,63,..) and CONCAT(0x3a,..) write text without quotes, which is how injected SQL passes filters.",
  fix: "Write the text as a string, or bind it.",
  fires: [
    "SELECT id FROM t WHERE name = CHAR(97, 100, 109, 105, 110)",
    "SELECT CONCAT(0x7e, name, 0x7e) FROM t WHERE id = 1",
  ],
  quiet: [
    "SELECT id FROM t WHERE uuid = 0x0123456789ABCDEF0123456789ABCDEF",
    "SELECT id FROM t WHERE uuid = UNHEX(REPLACE(?, '-', ''))",
    "SELECT CONCAT(a, CHAR(10), b) FROM t WHERE id = 1",
    "SELECT CONCAT(a, ':', b) FROM t WHERE id = 1",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  reads: "text",
  needs: "calls",
  // A list of literals has one shape however long it is.
  mayFire: (statement) =>
    callsTo(statement, CHAR).length > 0 || callsTo(statement, JOINING).some((call) => call.args.some(isCode)),
  check(statement) {
    const spelled = callsTo(statement, CHAR).filter((call) =>
      call.args.length >= 3 && call.args.every(isCode)
    );
    const joined = callsTo(statement, JOINING).filter(joinsHex);
    return [...spelled, ...joined].map((call) => hit(call, "Text is put together from character codes"));
  },
});

function isCode(argument: Expression): boolean {
  return argument.type === "number" || argument.type === "hex";
}

function joinsHex({ args }: Call): boolean {
  return args.some((argument) => argument.type === "hex" && argument.value.length <= 16) &&
    args.some((argument) => argument.type !== "hex");
}
