/** Judging one analysed statement: its rules, their hits, the score. */

import type { Statement, StatementKind } from "../sql/statement.ts";
import { adjustScore } from "./modifiers.ts";
import type { RuleContext } from "./options.ts";
import type { Hit, RuleInfo, StatementRule } from "./rule.ts";
import type { RuleSet } from "./rule_set.ts";
import { SchemaCatalogue } from "./schema_catalogue.ts";
import { combineScores, levelOf } from "./score.ts";
import { traitsOf } from "./traits.ts";
import { CLEAN, type Finding, type Verdict } from "./verdict.ts";

/** Hits kept of one rule in one statement: a list of ten thousand says no more than its first. */
const MOST_HITS = 50;
/** Kinds that run a text given as a literal. */
const RUNS_TEXT: ReadonlySet<StatementKind> = new Set(["prepare", "execute-immediate", "call"]);

/** The verdict on one statement by the statement rules of a set. Pure: same facts and settings, same verdict. */
export function judgeStatement(statement: Statement, rules: RuleSet, context: RuleContext): Verdict {
  let findings: Finding[] | undefined;
  const traits = traitsOf(statement);
  for (const group of rules.forKind(statement.kind)) {
    if (group.needs !== 0 && (group.needs & traits) === 0) continue;
    for (const rule of group.rules) {
      const hits = rule.check(statement, context);
      const count = Math.min(hits.length, MOST_HITS);
      for (let index = 0; index < count; index++) {
        const hit = hits[index];
        if (hit !== undefined) (findings ??= []).push(toFinding(rule, hit, statement, context));
      }
    }
  }
  const within = statement.nested.length < 2 ? context : withTemporaryTables(statement, context);
  for (const { statement: inner, start, end } of statement.nested) {
    // A text that is prepared or executed is as dangerous as the statement it holds.
    for (const { rule, score, message } of judgeStatement(inner, rules, within).findings) {
      // vtgate passes a program on to MySQL without a look at its body.
      if (rule.group === "vitess" && "body" in statement) continue;
      (findings ??= []).push({ rule, score, message: `In the statement it runs: ${message}`, start, end });
    }
  }
  return findings === undefined ? CLEAN : verdictOf(findings);
}

/** The context within a stored program: what it makes TEMPORARY anywhere is meant where it drops or changes it. */
function withTemporaryTables(statement: Statement, context: RuleContext): RuleContext {
  let schema: SchemaCatalogue | undefined;
  for (const { statement: inner } of statement.nested) {
    if (inner.kind !== "create-table" || !inner.temporary) continue;
    schema ??= new SchemaCatalogue(context.schema);
    schema.apply(inner);
  }
  return schema === undefined ? context : { ...context, schema };
}

/** Whether all statements of this one's shape get the same verdict, so that it may be kept by shape. */
export function isDecidedByShape(statement: Statement, rules: RuleSet, context: RuleContext): boolean {
  // A prepared text is a literal, and two texts of one shape may hold anything.
  if (RUNS_TEXT.has(statement.kind) || statement.nested.length > 0) return false;
  const traits = traitsOf(statement);
  for (const group of rules.forKind(statement.kind)) {
    if (group.needs !== 0 && (group.needs & traits) === 0) continue;
    for (const rule of group.textRules) {
      if (mayFire(rule, statement, context)) return false;
    }
  }
  return true;
}

/** Puts findings in order of score and adds them up. */
export function verdictOf(findings: Finding[]): Verdict {
  if (findings.length === 0) return CLEAN;
  findings.sort((a, b) => b.score - a.score || a.start - b.start || (a.rule.code < b.rule.code ? -1 : 1));
  const score = combineScores(bestOfEachRule(findings));
  return { score, level: levelOf(score), findings };
}

/** A rule's hit with the score that weights and modifiers leave it. */
export function toFinding(
  rule: RuleInfo,
  hit: Hit,
  statement: Statement,
  context: RuleContext,
): Finding {
  const weight = context.options.weights.get(rule.code);
  const base = weight ?? hit.score ?? rule.score;
  // What is missing at a text's end is shown at its last byte.
  const start = hit.end > hit.start ? hit.start : Math.max(statement.start, hit.start - 1);
  return {
    rule,
    score: adjustScore(base, rule, statement, context),
    message: hit.message,
    start,
    end: Math.max(hit.end, Math.min(start + 1, statement.bytes.length)),
    ...(hit.edit === undefined ? {} : { edit: hit.edit }),
  };
}

function mayFire(rule: StatementRule, statement: Statement, context: RuleContext): boolean {
  return rule.mayFire === undefined || rule.mayFire(statement, context);
}

/** One score a rule, its best: a rule that complains of twenty columns of one statement says one thing. */
function* bestOfEachRule(findings: readonly Finding[]): Iterable<number> {
  const seen = new Set<RuleInfo>();
  for (const { rule, score } of findings) {
    if (seen.has(rule)) continue;
    seen.add(rule);
    yield score;
  }
}
