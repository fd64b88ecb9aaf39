import { definedForeignKeys } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** ON DELETE or ON UPDATE SET DEFAULT. */
export const unsupportedForeignKeyAction = statementRule({
  code: "V027",
  name: "unsupported-foreign-key-action",
  group: "vitess",
  title: "ON DELETE or ON UPDATE SET DEFAULT",
  score: 45,
  why:
    "MySQL takes the definition and does nothing of it; where foreign keys are enabled vtgate takes it too, and refuses changes of the parent's rows (VT09016).",
  fix: "Use SET NULL or RESTRICT.",
  fires: [
    "CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, FOREIGN KEY (u) REFERENCES users (id) ON DELETE SET DEFAULT)",
  ],
  quiet: [
    "CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, FOREIGN KEY (u) REFERENCES users (id) ON DELETE SET NULL)",
  ],
  references: ["https://vitess.io/docs/reference/errors/query-serving/"],
  targets: ["vitess", "planetscale"],
  vtgate: "either",
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedForeignKeys(statement).flatMap((key) =>
      key.references.onDelete === "set-default" || key.references.onUpdate === "set-default"
        ? [hit(key.references, "SET DEFAULT is not supported")]
        : []
    );
  },
});
