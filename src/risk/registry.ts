/** Every rule, and how to find one by what a person calls it. */

import type { Rule } from "./rule.ts";
import { ADMIN_RULES } from "./rules/admin.ts";
import { CORRECTNESS_RULES } from "./rules/correctness.ts";
import { DESTRUCTIVE_RULES } from "./rules/destructive.ts";
import { LOCKING_RULES } from "./rules/locking.ts";
import { META_RULES } from "./rules/meta.ts";
import { PERFORMANCE_RULES } from "./rules/performance.ts";
import { SCHEMA_RULES } from "./rules/schema.ts";
import { SECURITY_RULES } from "./rules/security.ts";
import { SENSITIVE_RULES } from "./rules/sensitive.ts";
import { TRANSACTION_RULES } from "./rules/transaction.ts";
import { VITESS_RULES } from "./rules/vitess.ts";

/** All rules by group, then code. */
export const ALL_RULES: readonly Rule[] = [
  ...DESTRUCTIVE_RULES,
  ...LOCKING_RULES,
  ...PERFORMANCE_RULES,
  ...SECURITY_RULES,
  ...ADMIN_RULES,
  ...SENSITIVE_RULES,
  ...TRANSACTION_RULES,
  ...VITESS_RULES,
  ...SCHEMA_RULES,
  ...CORRECTNESS_RULES,
  ...META_RULES,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(
  ALL_RULES.flatMap((rule) => [[rule.code.toLowerCase(), rule], [rule.name, rule]] as const),
);

/** The rule with this code (`D001`) or name (`delete-without-where`), in any case. */
export function findRule(id: string): Rule | undefined {
  return BY_ID.get(id.trim().toLowerCase());
}

/** Every code and name, for suggestions and completions. */
export function ruleIds(): string[] {
  return [...ALL_RULES.map((rule) => rule.code), ...ALL_RULES.map((rule) => rule.name)];
}
