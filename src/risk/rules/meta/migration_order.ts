import { inputRule } from "../../rule.ts";

/** Migration version used twice. */
export const migrationOrder = inputRule({
  code: "M011",
  name: "migration-order",
  group: "meta",
  title: "Migration version used twice",
  score: 20,
  why: "Runners apply one of the two or neither, and databases drift apart.",
  fix: "Give the migration the next free version.",
  fires: ["-- V2__a.sql beside V2__b.sql\nSELECT 1;\n"],
  quiet: ["-- V2__a.sql beside V3__b.sql\nSELECT 1;\n"],
  references: [],
  optIn: true,
});
