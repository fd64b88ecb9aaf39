import { definedForeignKeys } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Foreign key where they are not enabled. */
export const foreignKeyNotEnabled = statementRule({
  code: "V003",
  name: "foreign-key-not-enabled",
  group: "vitess",
  title: "Foreign key where they are not enabled",
  score: 55,
  why:
    "Unless foreign key constraints are enabled for the database, Vitess answers VT10001 and PlanetScale rejects the deploy request.",
  fix:
    "Leave the constraint out and index the column, or enable foreign keys in the database's settings and run with --foreign-keys.",
  fires: [
    "CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, FOREIGN KEY (u) REFERENCES users (id))",
    "ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id)",
  ],
  quiet: ["CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, KEY (u))"],
  references: ["https://planetscale.com/docs/vitess/foreign-key-constraints"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement, context) {
    if (context.options.foreignKeys) return NO_HITS;
    return definedForeignKeys(statement).flatMap((key) =>
      key.inline && context.options.serverVersion < 90000 ? [] : [
        hit(
          key,
          `The foreign key to ${
            displayName(key.references.table)
          } is not allowed: foreign keys are not enabled`,
        ),
      ]
    );
  },
});
