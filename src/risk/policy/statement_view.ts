import { hasKindTrait } from "../../sql/kind_traits.ts";
import type { ObjectName, Statement, StatementKind } from "../../sql/statement.ts";
import type { Verdict } from "../verdict.ts";
import type { StatementView, TableUse } from "./policy.ts";

/** Kinds that take a statement from a text. */
const RUNS_TEXT: ReadonlySet<StatementKind> = new Set(["prepare", "execute-immediate"]);

/** What a policy looks at in a statement, made once for a shape. Nested statements count as the statement itself. */
export function viewStatement(statement: Statement, verdict: Verdict, digest: string): StatementView {
  const kinds = new Set<StatementKind>();
  const uses = new Map<string, TableUse>();
  let uncertain = false;
  for (const part of withNested(statement)) {
    kinds.add(part.kind);
    uncertain ||= isOpaque(part);
    for (const use of tablesOf(part)) {
      const key = `${use.schema ?? "."}\0${use.name ?? "."}`;
      if (use.write || !uses.has(key)) uses.set(key, use);
    }
  }
  return { verdict, digest, kinds: [...kinds], tables: [...uses.values()], tablesUncertain: uncertain };
}

function* withNested(statement: Statement): Generator<Statement> {
  yield statement;
  for (const { statement: inner } of statement.nested) yield* withNested(inner);
}

function* tablesOf(statement: Statement): Generator<TableUse> {
  for (const { table, action } of statement.writes) {
    yield use(table, action === "lock" ? takesWriteLock(statement, table) : changes(statement));
  }
  for (const { table } of statement.reads) yield use(table, false);
  switch (statement.kind) {
    case "rename-table":
      for (const { to } of statement.renames) yield use(to, true);
      break;
    case "alter-table":
      for (const item of statement.items) if (item.action === "rename-table") yield use(item.to, true);
      break;
    case "explain":
      if (statement.inner === undefined) break;
      for (const inner of tablesOf(statement.inner)) yield { ...inner, write: false };
      break;
    case "drop-database":
    case "alter-database":
      yield { schema: statement.name?.text, name: undefined, write: true };
      break;
    case "grant":
    case "revoke": {
      const { level } = statement;
      if (level === undefined) break;
      if (level.object !== undefined && (level.objectType ?? "table") === "table") {
        yield use(level.object, true);
      } else if (level.scope === "schema" || level.scope === "current-schema") {
        yield { schema: level.schema?.text, name: undefined, write: true };
      }
      break;
    }
  }
}

/** Whether the tables that a statement is said to write are changed by it. */
function changes({ kind }: Statement): boolean {
  return kind !== "checksum-table" && kind !== "check-table";
}

function takesWriteLock(statement: Statement, table: ObjectName): boolean {
  if (statement.kind !== "lock-tables") return false;
  return statement.tables.some((one) => one.table.start === table.start && one.mode.includes("write"));
}

function use(table: ObjectName, write: boolean): TableUse {
  return { schema: table.schema?.text, name: table.name.text, write };
}

/** Whether a statement may touch tables that its facts do not name. */
function isOpaque(statement: Statement): boolean {
  if (hasKindTrait(statement.kind, "opaque") || statement.problems.length > 0) return true;
  if (RUNS_TEXT.has(statement.kind)) return statement.nested.length === 0;
  // What is granted on *.*, or with a role, is not told table by table.
  if (statement.kind === "grant") {
    return statement.form !== "privileges" || statement.level?.scope === "global";
  }
  if ("body" in statement) return statement.body !== undefined;
  // A MERGE table reads and writes the tables that its options name.
  if (statement.kind === "create-table") return statement.options.some(({ name }) => name === "UNION");
  return statement.kind === "alter-table" &&
    statement.items.some((item) => item.action === "option" && item.option.name === "UNION");
}
