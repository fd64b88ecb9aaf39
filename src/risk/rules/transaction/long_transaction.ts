import { fileRule, NO_FILE_HITS, type StatementPlace } from "../../rule.ts";

/** Transaction with very many statements. */
export const longTransaction = fileRule({
  code: "T010",
  name: "long-transaction",
  group: "transaction",
  title: "Transaction with very many statements",
  score: 35,
  why:
    "Its locks and undo stay until the end, replicas get it in one piece, and PlanetScale ends it after 20 seconds.",
  fix: "Commit every few hundred rows.",
  fires: ["BEGIN; SELECT 1; SELECT 2; SELECT 3; SELECT 4; COMMIT"],
  quiet: ["BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT; BEGIN; SELECT 3; COMMIT"],
  given: { maxTransactionStatements: 3 },
  references: ["https://planetscale.com/docs/reference/planetscale-system-limits"],
  open() {
    let begun: StatementPlace | undefined;
    let count = 0;
    return {
      statement(statement, place, context) {
        if (statement.kind === "begin") {
          begun = place;
          count = 0;
        } else if (statement.kind === "commit" || statement.kind === "rollback") {
          begun = statement.chain ? place : undefined;
          count = 0;
        } else if (begun !== undefined && ++count === context.options.maxTransactionStatements + 1) {
          return [{
            place: begun,
            message: `This transaction has more than ${context.options.maxTransactionStatements} statements`,
          }];
        }
        return NO_FILE_HITS;
      },
      end: () => NO_FILE_HITS,
    };
  },
});
