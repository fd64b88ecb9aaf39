import { inputRule } from "../../rule.ts";

/** A template stands where it cannot be told what will run. */
export const templateMarker = inputRule({
  code: "M006",
  name: "template-marker",
  group: "meta",
  title: "Template that hides what will run",
  score: 0,
  why:
    "The template stands for more than one name or value, so the statement that will run is not known yet.",
  fix: "Lint the rendered file as well.",
  fires: ["DELETE FROM t {{ where_clause }}", "${statement}"],
  quiet: ["DELETE FROM ${schema}.t WHERE id = :id", "SELECT '{{ not a marker }}'"],
  references: [],
});
