import { hasKindTrait } from "../kind_traits.ts";
import type { Statement } from "../statement.ts";

/** What a statement may do to its session that decides how later texts are read or what dynamic SQL runs: bits. */
export const Effect = {
  /** Sets sql_mode, the client's character set, or Vitess's workload. */
  settings: 1,
  /** Assigns user variables in plain sight. */
  variables: 2,
  /** Runs code that may assign user variables unseen: triggers, stored functions, views over them. */
  forgets: 4,
  /** Runs code that may set the character set, or text that may set anything. */
  opaque: 8,
  /** Prepares or executes a text that it is given. */
  runsText: 16,
  /** Executes a statement that PREPARE named. */
  executes: 32,
  /** Changes the current schema. */
  schema: 64,
} as const;

/** Whether nothing is to be judged after each before the server has answered. */
const AWAITED: Readonly<Record<keyof typeof Effect, boolean>> = {
  settings: true,
  variables: true,
  forgets: false,
  opaque: true,
  runsText: false,
  executes: true,
  schema: true,
};

/** Those after which nothing is to be judged before the server has answered. */
export const READING_EFFECTS = Object.entries(AWAITED).reduce(
  (bits, [name, awaited]) => awaited ? bits | Effect[name as keyof typeof Effect] : bits,
  0,
);

/** The {@link Effect} bits of a statement; the same for all statements of one shape. */
export function effectsOf(statement: Statement): number {
  let effects = 0;
  switch (statement.kind) {
    case "set":
      if (statement.problems.length > 0) effects |= Effect.opaque | Effect.forgets;
      if (statement.inner !== undefined) {
        // What SET STATEMENT sets holds for its inner statement alone: for the texts and bodies that it has read later.
        const inner = effectsOf(statement.inner);
        effects |= inner | ((inner & Effect.settings) === 0 ? 0 : Effect.opaque);
        if (statement.items.some(({ name }) => READING_VARIABLES.has(name))) effects |= Effect.runsText;
        break;
      }
      for (const item of statement.items) {
        if (item.target === "user") effects |= Effect.variables;
        else if (item.target !== "system" || READING_VARIABLES.has(item.name) || item.name === "workload") {
          effects |= Effect.settings;
        }
      }
      break;
    case "call":
      effects |= Effect.opaque | Effect.forgets | Effect.runsText;
      break;
    case "prepare":
      effects |= Effect.runsText;
      break;
    case "execute-immediate":
      effects |= Effect.opaque | Effect.forgets | Effect.runsText;
      break;
    case "execute":
      effects |= Effect.executes | Effect.forgets;
      break;
    case "compound":
    case "unknown":
      effects |= Effect.opaque | Effect.forgets;
      break;
    case "use":
      effects |= Effect.schema;
      break;
    case "select":
      if (statement.reads.length > 0) effects |= Effect.forgets;
      break;
    default:
      if (hasKindTrait(statement.kind, "runsPrograms")) effects |= Effect.forgets;
  }
  if (statement.variableAssignments.length > 0) effects |= Effect.variables;
  for (const { into } of statement.blocks) if (into?.kind === "variables") effects |= Effect.variables;
  if ((effects & Effect.forgets) === 0) {
    for (const { key, schema } of statement.calls) {
      if (schema !== undefined || !PURE_FUNCTIONS.has(key)) return effects | Effect.forgets;
    }
  }
  return effects;
}

/** Variables that change how texts are read: in a session at once, set globally by DEFAULT and for sessions to come. */
export const READING_VARIABLES: ReadonlySet<string> = new Set([
  "sql_mode",
  "character_set_client",
  "character_set_connection",
  "collation_connection",
]);

/** Functions of the server's own that set nothing; any other name may be a stored function's. */
const PURE_FUNCTIONS: ReadonlySet<string> = new Set([
  "abs",
  "char",
  "coalesce",
  "concat",
  "concat_ws",
  "connection_id",
  "convert",
  "count",
  "current_date",
  "current_time",
  "current_timestamp",
  "current_user",
  "database",
  "found_rows",
  "hex",
  "if",
  "ifnull",
  "last_insert_id",
  "lower",
  "lcase",
  "ltrim",
  "max",
  "min",
  "now",
  "nullif",
  "replace",
  "row_count",
  "rtrim",
  "schema",
  "session_user",
  "sum",
  "sysdate",
  "system_user",
  "trim",
  "ucase",
  "unhex",
  "unix_timestamp",
  "upper",
  "user",
  "utc_timestamp",
  "uuid",
  "version",
]);
