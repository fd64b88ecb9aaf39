import { parseDurationMs } from "../../base/duration.ts";
import type { Finding } from "../verdict.ts";
import { combineScores } from "../score.ts";
import type { RoleDefinition, RulesDefinition } from "../../contract/policy_file.ts";
import { DEFAULT_HOLD_IN_TRANSACTION, DEFAULT_THRESHOLDS } from "./definition.ts";
import type { PolicyDecision, Role, RoleLimits, StatementView, Thresholds } from "./policy.ts";
import { parseSelector, type Selector, SelectorList, type SelectorMatch } from "./selectors.ts";
import { TableRules } from "./table_rules.ts";

/** Answers to one statement shape under one role, in one schema. */
interface Answer {
  /** Denied whatever else is said. */
  readonly denied: boolean;
  readonly decision: PolicyDecision;
  /** For a role of learned statements, what is said of one that is not among them. */
  readonly notLearned: PolicyDecision;
}

/** Rules that say no more than that all rows of a table are changed or lost. */
const LOSES_ROWS: ReadonlySet<string> = new Set(["D001", "D002", "D003", "D007", "D018"]);

/** Schemas for which an answer is kept, of statements that name tables without one. */
const MOST_SCHEMAS = 64;

/** A role that decides by thresholds, selectors and tables. */
export class CompiledRole implements Role {
  readonly name: string;
  readonly definition: RoleDefinition;
  readonly thresholds: Thresholds;
  readonly limits: RoleLimits;
  readonly holdInTransactionMs: number;
  readonly onlyLearned: boolean;

  readonly #allow: SelectorList;
  readonly #hold: SelectorList;
  readonly #deny: SelectorList;
  readonly #tables: TableRules;
  readonly #answers = new WeakMap<StatementView, Answer>();
  readonly #answersBySchema = new WeakMap<StatementView, Map<string, Answer>>();

  /** `common` is what the file says for all roles. */
  constructor(own: RoleDefinition, common: RulesDefinition) {
    const all = <K extends "allow" | "hold" | "deny">(key: K): Selector[] =>
      [...(common[key] ?? []), ...(own[key] ?? [])].flatMap((word) => parseSelector(word) ?? []);
    this.name = own.name;
    this.definition = merged(own, common);
    this.thresholds = { ...DEFAULT_THRESHOLDS, ...this.definition.thresholds } as Thresholds;
    this.limits = limitsOf(this.definition);
    this.holdInTransactionMs = parseDurationMs(String(this.definition.hold_in_transaction)) ?? 0;
    this.onlyLearned = own.only === "learned";
    this.#allow = new SelectorList(all("allow"));
    this.#hold = new SelectorList(all("hold"));
    this.#deny = new SelectorList(all("deny"));
    this.#tables = new TableRules([common.tables, own.tables]);
  }

  decide(
    statement: StatementView,
    schema: string,
    learned: ReadonlySet<string> | undefined,
  ): PolicyDecision {
    const answer = this.#answer(statement, schema);
    if (!this.onlyLearned || answer.denied || learned?.has(statement.digest) === true) return answer.decision;
    return answer.notLearned;
  }

  #answer(statement: StatementView, schema: string): Answer {
    if (!this.#tables.exist || statement.tables.every((use) => use.schema !== undefined)) {
      let answer = this.#answers.get(statement);
      if (answer === undefined) {
        answer = this.#work(statement, schema);
        this.#answers.set(statement, answer);
      }
      return answer;
    }
    let bySchema = this.#answersBySchema.get(statement);
    if (bySchema === undefined) {
      bySchema = new Map();
      this.#answersBySchema.set(statement, bySchema);
    }
    let answer = bySchema.get(schema);
    if (answer === undefined) {
      answer = this.#work(statement, schema);
      if (bySchema.size >= MOST_SCHEMAS) bySchema.clear();
      bySchema.set(schema, answer);
    }
    return answer;
  }

  #work(statement: StatementView, schema: string): Answer {
    const { verdict: { score, findings } } = statement;
    const refuse = (reason: string, decidedBy?: Finding): PolicyDecision => ({
      action: "refuse",
      score,
      findings,
      reason,
      ...(decidedBy === undefined ? {} : { decidedBy }),
    });
    const deny = (reason: string, decidedBy?: Finding): PolicyDecision => ({
      ...refuse(reason, decidedBy),
      denied: true,
    });
    const notLearned = refuse(`not in the learned statements of role ${this.name}`);
    const denied = this.#deny.match(statement, findings);
    if (denied !== undefined) {
      const decision = deny(`${denied.selector.word} is denied for role ${this.name}`, denied.finding);
      return { denied: true, decision, notLearned };
    }
    const objection = this.#tables.objection(statement, schema);
    if (objection !== undefined) {
      return { denied: true, decision: deny(`${objection} for role ${this.name}`), notLearned };
    }
    return { denied: false, decision: this.#weigh(statement, schema), notLearned };
  }

  /**
   * Of a statement that is not denied. Findings that are allowed do not count; those that are held ask for an approver
   * and do not count towards `block`; the rest meets the thresholds. So an allowed rule never makes a decision stricter.
   */
  #weigh(statement: StatementView, schema: string): PolicyDecision {
    const { verdict, kinds } = statement;
    const allowedRules = without(verdict.findings, this.#allow);
    const findings = allowedRules.length > 0 && this.#tables.disposes(statement, schema)
      ? allowedRules.filter(({ rule }) => !LOSES_ROWS.has(rule.code))
      : allowedRules;
    const score = findings === verdict.findings ? verdict.score : scoreOf(findings);
    const decide = (
      action: PolicyDecision["action"],
      reason: string,
      decidedBy?: Finding,
    ): PolicyDecision => ({
      action,
      score,
      findings,
      reason,
      ...(decidedBy === undefined ? {} : { decidedBy }),
    });
    if (this.#allow.hasDigestOf(statement)) return decide("allow", "");
    const allowed = this.#allow.hasEveryKind(kinds);
    const held = this.#hold.match(statement, findings);
    const { warn, hold, block } = this.thresholds;
    // The statement is held for what it is: an approver sees all that is found in it.
    if (held !== undefined && held.finding === undefined) {
      return decide("hold", this.#heldBy(held), findings[0]);
    }
    const others = held === undefined ? findings : without(findings, this.#hold);
    const rest = others === findings ? score : scoreOf(others);
    if (!allowed && rest >= block) {
      return decide("refuse", `score ${rest} is at or above block ${block}`, others[0]);
    }
    if (held !== undefined) return decide("hold", this.#heldBy(held), held.finding);
    if (!allowed && score >= hold) {
      return decide("hold", `score ${score} is at or above hold ${hold}`, findings[0]);
    }
    if (!allowed && score >= warn) {
      return decide("warn", `score ${score} is at or above warn ${warn}`, findings[0]);
    }
    return decide("allow", "");
  }

  #heldBy({ selector }: SelectorMatch): string {
    return `${selector.word} is held for role ${this.name}`;
  }
}

/** The findings that a list does not name; the same array where it names none of them. */
function without(findings: readonly Finding[], list: SelectorList): readonly Finding[] {
  return findings.some(({ rule }) => list.hasRule(rule.code))
    ? findings.filter(({ rule }) => !list.hasRule(rule.code))
    : findings;
}

/** A role's definition with what holds for all taken in. */
function merged(own: RoleDefinition, common: RulesDefinition): RoleDefinition {
  const joined = (key: "allow" | "hold" | "deny") => {
    const words = [...new Set([...(common[key] ?? []), ...(own[key] ?? [])])];
    return words.length === 0 ? {} : { [key]: words };
  };
  const tables = (key: "deny" | "read_only" | "disposable") => {
    const words = [...new Set([...(common.tables?.[key] ?? []), ...(own.tables?.[key] ?? [])])];
    return words.length === 0 ? {} : { [key]: words };
  };
  const allTables = { ...tables("deny"), ...tables("read_only"), ...tables("disposable") };
  const limits = { ...common.limits, ...own.limits };
  return {
    name: own.name,
    ...(own.match === undefined ? {} : { match: own.match }),
    thresholds: { ...DEFAULT_THRESHOLDS, ...common.thresholds, ...own.thresholds },
    ...joined("allow"),
    ...joined("hold"),
    ...joined("deny"),
    ...(Object.keys(allTables).length === 0 ? {} : { tables: allTables }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    hold_in_transaction: own.hold_in_transaction ?? common.hold_in_transaction ?? DEFAULT_HOLD_IN_TRANSACTION,
    ...(own.only === undefined ? {} : { only: own.only }),
  };
}

const MB = 1024 * 1024;

function limitsOf({ limits }: RoleDefinition): RoleLimits {
  const of = (value: number | undefined, unit: number) =>
    value === undefined ? undefined : value === 0 ? Infinity : value * unit;
  const entries = Object.entries({
    responseBytes: of(limits?.response_mb, MB),
    windowBytes: of(limits?.window_mb, MB),
    rows: of(limits?.rows, 1),
    statementsPerSecond: of(limits?.statements_per_second, 1),
  }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** As verdicts are added up: one score a rule, its best. */
function scoreOf(findings: readonly Finding[]): number {
  const best = new Map<string, number>();
  for (const { rule, score } of findings) if (!best.has(rule.code)) best.set(rule.code, score);
  return combineScores(best.values());
}
