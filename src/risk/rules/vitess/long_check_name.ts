import { hit, statementRule } from "../../rule.ts";

/** CHECK or foreign key name too long to be renamed. */
export const longCheckName = statementRule({
  code: "V021",
  name: "long-check-name",
  group: "vitess",
  title: "CHECK or foreign key name too long to be renamed",
  score: 30,
  why:
    "An online schema change appends a suffix to the name; past 64 characters older servers reject the deploy request.",
  fix: "Keep constraint names under 38 characters, or leave them out.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, CONSTRAINT a_name_that_is_long_enough_to_be_too_long_when_suffixed CHECK (id > 0))",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, CONSTRAINT positive CHECK (id > 0))"],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    const names = statement.kind === "create-table"
      ? [...statement.checks, ...statement.foreignKeys].map((definition) => definition.constraint)
      : statement.items.map((item) =>
        item.action === "add-check"
          ? item.check.constraint
          : item.action === "add-foreign-key"
          ? item.foreignKey.constraint
          : undefined
      );
    return names.flatMap((name) =>
      name !== undefined && name.text.length > LONGEST
        ? [hit(name, "This name leaves no room for the suffix of an online change")]
        : []
    );
  },
});

/** 64 characters less the suffix of an online change. */
const LONGEST = 38;
