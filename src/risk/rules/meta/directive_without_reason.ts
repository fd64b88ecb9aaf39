import { inputRule } from "../../rule.ts";

/** Ignore directive without a reason. */
export const directiveWithoutReason = inputRule({
  code: "M008",
  name: "directive-without-reason",
  group: "meta",
  title: "Ignore directive without a reason",
  score: 10,
  why: "Nobody can tell later whether it is still right.",
  fix: "Write the reason after a colon.",
  fires: ["-- querycop-ignore D001\nDELETE FROM scratch;\n"],
  quiet: ["-- querycop-ignore D001: the table is a scratch table\nDELETE FROM scratch;\n"],
  references: [],
  optIn: true,
});
