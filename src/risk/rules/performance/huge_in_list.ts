import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

const MANY = 500;
const TOO_MANY = 5000;

/** Texts shorter than this hold no such list; whether a text is as long is part of its shape. */
const LEAST_BYTES = 1024;

/** IN list of 500 values and more. How long a list is belongs to no shape: long texts with lists are judged each time. */
export const hugeInList = anyStatementRule({
  code: "P010",
  name: "huge-in-list",
  group: "performance",
  title: "IN list of 500 values and more",
  score: 40,
  why:
    "Past range_optimizer_max_mem_size the optimizer gives up on ranges and scans, and parsing alone takes its time.",
  fix: "Send the values in batches of a few hundred, or join a temporary table that holds them.",
  fires: [`SELECT a FROM t WHERE id IN (${Array.from({ length: 500 }, (_, index) => index).join(", ")})`],
  quiet: ["SELECT a FROM t WHERE id IN (1, 2, 3)", "SELECT a FROM t WHERE id IN (SELECT t_id FROM u)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html"],
  reads: "text",
  needs: "predicates",
  mayFire: (statement) =>
    statement.bytes.length >= LEAST_BYTES &&
    statement.predicates.some((predicate) => predicate.type === "in"),
  check(statement) {
    if (statement.bytes.length < LEAST_BYTES) return NO_HITS;
    return statement.predicates.flatMap((predicate) =>
      predicate.type === "in" && predicate.count >= MANY
        ? [
          hit(
            predicate.left,
            `The list has ${predicate.count} values`,
            predicate.count >= TOO_MANY ? 60 : undefined,
          ),
        ]
        : []
    );
  },
});
