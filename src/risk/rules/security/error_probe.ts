import { someNode } from "../../../sql/model/children.ts";
import type { Call, Expression } from "../../../sql/statement.ts";
import { asksServer, hasSubquery } from "../../probes.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Function misused to put data into an error message. The functions have honest uses; none of those builds the argument from a query or the server's name. */
export const errorProbe = anyStatementRule({
  code: "S003",
  name: "error-probe",
  group: "security",
  title: "Function misused to put data into an error message",
  score: 80,
  why:
    "Some functions quote their argument in the error they raise; injected SQL reads data out of error messages that way.",
  fix: "Bind values as parameters, and do not show database errors to clients.",
  fires: [
    "SELECT id FROM t WHERE id = 1 AND EXTRACTVALUE(1, CONCAT(0x7e, (SELECT USER())))",
    "SELECT id FROM t WHERE id = 1 AND UPDATEXML(1, CONCAT(0x7e, VERSION()), 1)",
    "SELECT COUNT(*), CONCAT(VERSION(), FLOOR(RAND(0) * 2)) x FROM t GROUP BY x",
    "SELECT id FROM t WHERE id = 1 AND EXP(~(SELECT 1))",
    "SELECT id FROM t WHERE GTID_SUBSET(@@version, 1)",
  ],
  quiet: [
    "SELECT EXTRACTVALUE(doc, '/a/b') FROM t WHERE id = 1",
    "SELECT EXP(a) FROM t WHERE id = 1",
    "SELECT FLOOR(RAND() * 10) FROM t WHERE id = 1",
    "SELECT UPDATEXML(doc, '/a', '<a/>') FROM t WHERE id = 1",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    return statement.calls.filter((call) => call.schema === undefined && isProbe(call, statement.calls)).map((
      call,
    ) => hit(call, `${call.key.toUpperCase()}() is used so that its error message shows data`));
  },
});

const GEOMETRY =
  /^(st_)?(geometrycollection|polygon|multipolygon|point|multipoint|linestring|multilinestring|latfromgeohash|longfromgeohash|pointfromgeohash)$/;

function isProbe(call: Call, calls: readonly Call[]): boolean {
  switch (call.key) {
    case "extractvalue":
    case "updatexml":
      return call.args.some((argument) =>
        hasSubquery(argument) || asksServer(argument) || joinsText(argument)
      );
    case "gtid_subset":
    case "gtid_subtract":
      return call.args.some((argument) =>
        hasSubquery(argument) || joinsText(argument) ||
        (asksServer(argument) &&
          !someNode(argument, (part) => part.type === "variable" && part.name.startsWith("gtid")))
      );
    case "exp":
    case "pow":
      return call.args.some((argument) =>
        someNode(argument, (part) => part.type === "unary" && part.operator === "~")
      );
    case "name_const":
      return call.args.some((argument) => hasSubquery(argument) || asksServer(argument));
    case "floor":
      // Grouping by a random number counts a group twice, which the server reports with the group's text.
      return call.args.some(isDoubledRandom) && calls.some((one) => one.key === "count") &&
        calls.some((one) => one.key === "concat" || one.key === "concat_ws");
    case "json_keys":
      return call.args.some(hasSubquery);
    default:
      return GEOMETRY.test(call.key) && call.args.some(readsTwice);
  }
}

function joinsText(expression: Expression): boolean {
  return someNode(
    expression,
    (part) => part.type === "call" && /^(concat|concat_ws|make_set|char)$/.test(part.key),
  ) &&
    someNode(
      expression,
      (part) => part.type === "hex" || (part.type === "call" && part.key === "char"),
    );
}

function isDoubledRandom(argument: Expression): boolean {
  return argument.type === "binary" && argument.operator === "*" &&
    [argument.left, argument.right].some((side) =>
      side.type === "call" && side.key === "rand" && side.args.length > 0
    );
}

/** A subquery over a derived table within a geometry. */
function readsTwice(expression: Expression): boolean {
  return someNode(expression, (part) =>
    part.type === "subquery" &&
    part.query.blocks.some((block) => block.from.some((reference) => reference.kind === "derived"))) ||
    (someNode(expression, (part) => part.type === "call" && part.key.startsWith("concat")) &&
      asksServer(expression));
}
