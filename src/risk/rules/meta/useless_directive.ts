import { inputRule } from "../../rule.ts";

/** Ignore directive that suppresses nothing, or names no rule. */
export const uselessDirective = inputRule({
  code: "M007",
  name: "useless-directive",
  group: "meta",
  title: "Ignore directive that suppresses nothing, or names no rule",
  score: 5,
  why: "It looks as if a finding had been considered here, and it hides the next one.",
  fix: "Remove it, or correct the rule's name.",
  fires: ["-- querycop-ignore D001: not needed any more\nSELECT id FROM t WHERE id = 7;\n"],
  quiet: ["-- querycop-ignore D001: the table is a scratch table\nDELETE FROM scratch;\n"],
  references: [],
});
