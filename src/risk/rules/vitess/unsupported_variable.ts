import { hit, NO_HITS, statementRule } from "../../rule.ts";
import type { SetItem } from "../../../sql/statement.ts";
import { wordOf } from "../../variables.ts";
import { SETTABLE_VARIABLES } from "../../vitess_variables.ts";

export const unsupportedVariable = statementRule({
  code: "V034",
  name: "unsupported-variable",
  group: "vitess",
  title: "SET that vtgate refuses",
  score: 45,
  why:
    "vtgate refuses variables it does not know (VT05006), those it does not pass on (VT12001), SET PERSIST, DEFAULT as a value, and character sets other than utf8, utf8mb4 and latin1.",
  fix: "Leave the setting to the server's configuration, or write the value that is wanted.",
  fires: [
    "SET auto_increment_increment = 2",
    "SET SESSION sql_log_bin = 0",
    "SET sql_mode = DEFAULT",
    "SET PERSIST max_connections = 100",
    "SET NAMES gbk",
  ],
  quiet: ["SET wait_timeout = 5", "SET NAMES utf8mb4", "SET @x = 1", "SET GLOBAL sql_log_off = 1"],
  references: ["https://vitess.io/docs/reference/query-serving/reserved-conn/"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["set"],
  check(statement) {
    if (statement.inner !== undefined) return NO_HITS;
    return statement.items.flatMap((item) => {
      const problem = problemOf(item);
      return problem === undefined ? [] : [hit(item, problem)];
    });
  },
});

/** Character sets that SET NAMES takes; an unquoted DEFAULT is no word. */
const CHARSETS: ReadonlySet<string> = new Set(["utf8", "utf8mb4", "latin1", "default"]);
/** Words that vtgate's grammar reserves, so that they are no values. */
const RESERVED_VALUES: ReadonlySet<string> = new Set(["row", "binary"]);

function problemOf(item: SetItem): string | undefined {
  const { target, scope, name, value } = item;
  if (target === "user") return undefined;
  if (target !== "system") {
    const charset = wordOf(item)?.toLowerCase();
    return charset === undefined || CHARSETS.has(charset)
      ? undefined
      : `vtgate does not take the character set ${charset}`;
  }
  if (scope === "persist" || scope === "persist_only") return "vtgate does not know SET PERSIST";
  if (value.type === "default" && (name !== "autocommit" || scope === "global")) {
    return `vtgate refuses DEFAULT as the value of ${name}`;
  }
  // Global settings are dropped without a look at their names.
  if (scope === "global") return undefined;
  if (!SETTABLE_VARIABLES.has(name)) return `vtgate refuses to set ${name}`;
  return value.type === "column" && RESERVED_VALUES.has(value.name.key)
    ? `vtgate takes ${value.name.text} for a keyword: write it as a string`
    : undefined;
}
