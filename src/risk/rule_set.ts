/** The rules that a run's settings choose, laid out so that a statement meets only those for its kind. */

import type { StatementKind } from "../sql/statement.ts";
import type { RiskOptions } from "./options.ts";
import { ALL_RULES } from "./registry.ts";
import type { FileRule, Rule, StatementRule } from "./rule.ts";
import { TRAITS } from "./traits.ts";

/** Rules for one kind of statement that need the same of it. */
export interface RuleGroupByNeed {
  /** Bits of `TRAITS`, of which a statement has to have one; 0 where any statement will do. */
  readonly needs: number;
  readonly rules: readonly StatementRule[];
  /** Those of the rules that read more than the statement's shape. */
  readonly textRules: readonly StatementRule[];
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
      groups = [...new Set(rules.map(needsOf))].map((needs) => {
        const alike = rules.filter((rule) => needsOf(rule) === needs);
        return { needs, rules: alike, textRules: alike.filter((rule) => rule.reads === "text") };
      });
      this.#byKind.set(kind, groups);
    }
    return groups;
  }
}

/** The bits of what a rule needs of a statement; 0 for nothing. */
export function needsOf({ needs }: StatementRule): number {
  if (needs === undefined) return 0;
  return typeof needs === "string" ? TRAITS[needs] : needs.reduce((bits, need) => bits | TRAITS[need], 0);
}

/** Whether a rule runs under these settings. */
export function isChosen(rule: Rule, options: RiskOptions): boolean {
  if (options.ignored.has(rule.code)) return false;
  if (rule.targets !== undefined && !rule.targets.includes(options.target)) return false;
  if (rule.mode !== undefined && rule.mode !== options.mode) return false;
  if (options.rules !== undefined) return options.rules.has(rule.code);
  return rule.optIn !== true || options.enabled.has(rule.code);
}
