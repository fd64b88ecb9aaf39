import { textWidth, wrapText } from "../base/text_width.ts";
import type { RoleDefinition } from "../contract/policy_file.ts";
import { DEFAULT_ROLE, NEVER } from "../risk/policy/definition.ts";
import type { Policy, Role } from "../risk/policy/policy.ts";
import type { Output } from "./context.ts";

/** Prints what each role of a policy is for and does. */
export function describeRoles(policy: Policy, output: Output): void {
  for (const [index, role] of policy.roles.entries()) {
    if (index > 0) output.line();
    output.line(output.style.bold(role.name));
    printRows(rowsOf(role, policy.roles.length === 1), output);
  }
}

/** Labels with texts, wrapped beside them. */
function printRows(rows: readonly (readonly [string, string])[], output: Output): void {
  const width = Math.max(...rows.map(([label]) => textWidth(label)));
  const room = Math.max(30, Math.min(output.columns, 100) - width - 4);
  for (const [label, text] of rows) {
    for (const [index, line] of wrapText(text, room).entries()) {
      output.line(`  ${(index === 0 ? label : "").padEnd(width)}  ${line}`);
    }
  }
}

function rowsOf(role: Role, alone: boolean): (readonly [string, string])[] {
  const { definition, thresholds } = role;
  const at = (score: number) => (score >= NEVER ? "never" : `at ${score}`);
  const rows: (readonly [string, string])[] = [
    ["for", describeMatch(definition, alone)],
    ["scores", `warn ${at(thresholds.warn)}, hold ${at(thresholds.hold)}, block ${at(thresholds.block)}`],
  ];
  const list = (label: string, words: readonly string[] | undefined) => {
    if (words !== undefined && words.length > 0) rows.push([label, words.join(", ")]);
  };
  list("denies", definition.deny);
  list("no table", definition.tables?.deny);
  list("reads only", definition.tables?.read_only);
  list("may empty", definition.tables?.disposable);
  if (role.onlyLearned) rows.push(["only", "what querycop policy learn has taken in"]);
  list("allows", definition.allow);
  list("holds", definition.hold);
  const limits = describeLimits(definition);
  if (limits !== "") rows.push(["limits", limits]);
  return rows;
}

function describeMatch({ name, match }: RoleDefinition, alone: boolean): string {
  if (name === DEFAULT_ROLE) return alone ? "everyone" : "everyone else";
  const parts = Object.entries({ users: match?.users, schemas: match?.schemas, clients: match?.clients })
    .flatMap(([what, patterns]) => (patterns === undefined ? [] : [`${what} ${patterns.join(", ")}`]));
  return parts.length === 0 ? "everyone" : parts.join("; ");
}

function describeLimits({ limits = {} }: RoleDefinition): string {
  const of = (value: number | undefined, unit: string) =>
    value === undefined ? [] : [`${value === 0 ? "any number of" : value} ${unit}`];
  return [
    ...of(limits.response_mb, "MB a statement"),
    ...of(limits.window_mb, "MB in 60 s"),
    ...of(limits.rows, "rows"),
    ...of(limits.statements_per_second, "statements a second"),
  ].join(", ");
}
