import { ALL_RULES, ruleIds } from "../registry.ts";
import { GROUP_LETTERS } from "../rule.ts";
import { isChosen } from "../rule_set.ts";
import type { RiskDefinition } from "../../contract/policy_file.ts";
import { RiskSettings } from "./risk_settings.ts";
import { parseSelector, selectorCovers, selectorWords } from "./selectors.ts";
import { parseTablePattern } from "./table_rules.ts";

/** Words that a policy file may use, for config/policy_schema.ts. */
export const POLICY_VOCABULARY = {
  /** Rules, groups and kinds of statement. */
  selectors: selectorWords(),
  /** Rules and groups. */
  rules: [...ruleIds(), ...Object.keys(GROUP_LETTERS)],
  isSelector: (word: string): boolean => parseSelector(word) !== undefined,
  isRule: (word: string): boolean => (parseSelector(word)?.rules.size ?? 0) > 0,
  isTablePattern: (text: string): boolean => parseTablePattern(text) !== undefined,
  /** Whether one selector surely takes in all that another one does. */
  covers(outer: string, inner: string): boolean {
    const [a, b] = [parseSelector(outer), parseSelector(inner)];
    return a !== undefined && b !== undefined && selectorCovers(a, b);
  },
  dormant,
} as const;

/** Why no rule that a word selects ever fires in serve, for people; undefined where one may, or it selects no rules. */
function dormant(word: string, risk: RiskDefinition | undefined): string | undefined {
  const codes = parseSelector(word)?.rules;
  const rules = ALL_RULES.filter((rule) => codes?.has(rule.code));
  if (rules.length === 0) return undefined;
  const settings = new RiskSettings(risk ?? {}, "planetscale");
  const vitess = new RiskSettings(risk ?? {}, "vitess");
  const possible = [settings.for("8.4.0"), settings.for("8.0.40-Vitess"), vitess.for("8.0.40-Vitess")];
  const running = rules.filter((rule) => possible.some((options) => isChosen(rule, options)));
  if (running.some((rule) => rule.scope === "statement")) return undefined;
  if (running.length > 0 || rules.every((rule) => rule.scope !== "statement" || rule.mode === "file")) {
    return "looks at files, and serve sees statements";
  }
  if (rules.every((rule) => rule.optIn === true)) return "is opt-in: name it under risk.enable too";
  return "does not run under the settings in risk";
}
