import { templateIn } from "../../problems.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** M006. */
export const templateMarker = anyStatementRule({
  code: "M006",
  name: "template-marker",
  group: "meta",
  title: "Template marker",
  score: 0,
  why: "The text is filled in before it runs, so what is judged here is not yet what the server will see.",
  fix: "Lint the rendered file as well.",
  fires: ["SELECT a FROM {{ table }} WHERE id = 7", "SELECT a FROM ${schema}.t WHERE id = 7"],
  quiet: ["SELECT '{{ not a marker }}'", "SELECT {d '2024-01-01'}"],
  references: [],
  mode: "file",
  notUnder: ["comments", "white-space", "line-comments", "backquotes", "upper-case"],
  reads: "text",
  check(statement) {
    const span = templateIn(statement);
    return span === undefined ? NO_HITS : [hit(span, "This is filled in before it runs")];
  },
});
