/** The rules that a run's settings choose, laid out so that a statement meets only those for its kind. */

import type { StatementKind } from "../sql/statement.ts";
import type { RiskOptions } from "./options.ts";
import { ALL_RULES } from "./registry.ts";
import type { FileRule, Need, Rule, StatementRule } from "./rule.ts";

/** Rules for one kind of statement that need the same list of it. */
export interface RuleGroupByNeed {
  readonly needs: Need | undefined;
  readonly rules: readonly StatementRule[];
}

/** The chosen rules. */
export class RuleSet {
  readonly fileRules: readonly FileRule[];
  readonly #general: readonly StatementRule[];
  readonly #specific = new Map<StatementKind, StatementRule[]>();
  readonly #byKind = new Map<StatementKind, readonly RuleGroupByNeed[]>();

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

  /** The rules that look at statements of a kind, by what they need of one. */
  forKind(kind: StatementKind): readonly RuleGroupByNeed[] {
    let groups = this.#byKind.get(kind);
    if (groups === undefined) {
      const rules = [...(this.#specific.get(kind) ?? []), ...this.#general];
      groups = [...new Set(rules.map((rule) => rule.needs))].map((needs) => ({
        needs,
        rules: rules.filter((rule) => rule.needs === needs),
      }));
      this.#byKind.set(kind, groups);
    }
    return groups;
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
