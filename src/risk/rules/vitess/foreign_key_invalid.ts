import type { StatementOf } from "../../../sql/statement.ts";
import { collationOf } from "../../column_change.ts";
import { definedForeignKeys } from "../../definitions.ts";
import { displayName, tableKey } from "../../names.ts";
import { type RuleContext } from "../../options.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";
import { SchemaCatalogue } from "../../schema_catalogue.ts";

/** Foreign key that cannot hold. Judges only against tables whose definition is known. */
export const foreignKeyInvalid = fileRule({
  code: "V004",
  name: "foreign-key-invalid",
  group: "vitess",
  title: "Foreign key that cannot hold",
  score: 70,
  why:
    "The parent lacks the column or the index, the types differ, it is a view, or keys run in a circle: the deploy request is rejected.",
  fix: "Give both columns the same type and the parent a unique key on them; break circles.",
  fires: [
    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id BIGINT PRIMARY KEY, p BIGINT, FOREIGN KEY (p) REFERENCES p (id))",
    "CREATE TABLE p (id INT PRIMARY KEY, n INT); CREATE TABLE c (id BIGINT PRIMARY KEY, n INT, FOREIGN KEY (n) REFERENCES p (n))",
    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id BIGINT PRIMARY KEY, x INT, FOREIGN KEY (x) REFERENCES p (gone))",
    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id BIGINT PRIMARY KEY, p INT NOT NULL, FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET NULL)",
    "CREATE TABLE p (id CHAR(36) PRIMARY KEY) CHARACTER SET utf8mb4; CREATE TABLE c (id BIGINT PRIMARY KEY, p CHAR(36) CHARACTER SET ascii, FOREIGN KEY (p) REFERENCES p (id))",
  ],
  quiet: [
    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id BIGINT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))",
    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id BIGINT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET NULL)",
  ],
  given: { foreignKeys: true },
  references: ["https://planetscale.com/docs/vitess/foreign-key-constraints"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  open: () => ({
    statement(statement, place, context) {
      if (statement.kind !== "create-table" && statement.kind !== "alter-table") return NO_FILE_HITS;
      return definedForeignKeys(statement).flatMap((key) => {
        if (key.inline) return [];
        const message = problemOf(key, statement, context);
        return message === undefined ? [] : [{ place, span: key, message }];
      });
    },
    end: () => NO_FILE_HITS,
  }),
});

/** What is wrong with a foreign key, as far as both tables are known. */
function problemOf(
  key: ReturnType<typeof definedForeignKeys>[number],
  statement: StatementOf<"create-table" | "alter-table">,
  context: RuleContext,
): string | undefined {
  const childName = tableKey(statement.table);
  const parentName = tableKey(key.references.table);
  // The child as the statement leaves it.
  const after = new SchemaCatalogue(context.schema);
  after.apply(statement);
  const child = after.table(childName);
  const setsNull = key.references.onDelete === "set-null" || key.references.onUpdate === "set-null";
  const notNull = setsNull
    ? key.columns.find((column) => child?.columns.get(column.key)?.nullable === false)
    : undefined;
  if (notNull !== undefined) return `${notNull.text} is NOT NULL, and the foreign key sets it NULL`;
  const parent = context.schema.table(parentName);
  const shown = displayName(key.references.table);
  if (parent === undefined) return undefined;
  if (parent.view) return `${shown} is a view`;
  const columns = key.references.columns.map((column) => column.key);
  for (const [position, name] of columns.entries()) {
    const column = parent.columns.get(name);
    if (column === undefined) return `${shown} has no column ${name}`;
    const ownName = key.columns[position]?.key ?? "";
    const own = child?.columns.get(ownName);
    if (own !== undefined && (own.type !== column.type || own.unsigned !== column.unsigned)) {
      return `${own.name} is ${own.type}${
        own.unsigned ? " unsigned" : ""
      }, ${shown}.${name} is ${column.type}${column.unsigned ? " unsigned" : ""}`;
    }
    const collations = [collationOf(own, child), collationOf(column, parent)];
    if (collations[0] !== undefined && collations[1] !== undefined && collations[0] !== collations[1]) {
      return `${ownName} has the collation ${collations[0]}, ${shown}.${name} has ${collations[1]}`;
    }
  }
  const indexed = parent.keys.some((candidate) =>
    columns.every((name, position) => candidate.columns[position] === name)
  );
  if (!indexed) return `${shown} has no index that begins with (${columns.join(", ")})`;
  return parentName !== childName && reaches(parentName, childName, context, new Set())
    ? `Foreign keys run in a circle through ${shown}`
    : undefined;
}

/** Whether foreign keys lead from a table to another. */
function reaches(from: string, to: string, context: RuleContext, seen: Set<string>): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  return (context.schema.table(from)?.foreignKeys ?? []).some((key) =>
    key.parent === to || reaches(key.parent, to, context, seen)
  );
}
