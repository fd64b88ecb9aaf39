import { inputRule } from "../../rule.ts";

/** Migration without a way back. */
export const migrationWithoutDown = inputRule({
  code: "M010",
  name: "migration-without-down",
  group: "meta",
  title: "Migration without a way back",
  score: 10,
  why: "When the release has to be rolled back, nobody has written down how the schema is.",
  fix: "Add the down section or file.",
  fires: ["-- migrate:up\nCREATE TABLE t (id BIGINT PRIMARY KEY);\n"],
  quiet: ["-- migrate:up\nCREATE TABLE t (id BIGINT PRIMARY KEY);\n-- migrate:down\nDROP TABLE t;\n"],
  references: [],
  optIn: true,
});
