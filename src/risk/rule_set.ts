/** The rules that a run's settings choose, laid out so that a statement meets only those for its kind. */

import type { StatementKind } from "../sql/statement.ts";
import type { RiskOptions } from "./options.ts";
import { ALL_RULES } from "./registry.ts";
import type { FileRule, Rule, StatementRule } from "./rule.ts";

/** The chosen rules. */
export class RuleSet {
  readonly fileRules: readonly FileRule[];
  readonly #general: readonly StatementRule[];
  readonly #specific = new Map<StatementKind, StatementRule[]>();
  readonly #byKind = new Map<StatementKind, readonly StatementRule[]>();

  constructor(options: RiskOptions, rules: readonly Rule[] = ALL_RULES) {
    const general: StatementRule[] = [];
    const fileRules: FileRule[] = [];
    for (const rule of rules) {
      if (!isChosen(rule, options)) continue;
      if (rule.scope === "input") continue;
      if (rule.scope === "file") {
        if (options.mode === "file") fileRules.push(rule);
      } else if (rule.kinds === undefined) {
        general.push(rule);
      } else {
        for (const kind of rule.kinds) {
          const list = this.#specific.get(kind);
          if (list === undefined) this.#specific.set(kind, [rule]);
          else list.push(rule);
        }
      }
    }
    this.#general = general;
    this.fileRules = fileRules;
  }

  /** The rules that look at statements of a kind. */
  forKind(kind: StatementKind): readonly StatementRule[] {
    let rules = this.#byKind.get(kind);
    if (rules === undefined) {
      rules = [...(this.#specific.get(kind) ?? []), ...this.#general];
      this.#byKind.set(kind, rules);
    }
    return rules;
  }
}

/** Whether a rule runs under these settings. */
export function isChosen(rule: Rule, options: RiskOptions): boolean {
  if (options.ignored.has(rule.code)) return false;
  if (rule.targets !== undefined && !rule.targets.includes(options.target)) return false;
  if (rule.mode !== undefined && rule.mode !== options.mode) return false;
  if (options.rules !== undefined) return options.rules.has(rule.code);
  return rule.optIn !== true || options.enabled.has(rule.code);
}
