import type { ApprovedDigest, Block, BreakGlass } from "../contract/override.ts";
import type { AppliedAction } from "../contract/words.ts";
import type { ResponseLimits } from "../proxy/decision.ts";
import type { JudgedStatement } from "../risk/judged_statement.ts";
import type { PolicyDecision, Role, RoleLimits } from "../risk/policy/policy.ts";
import type { TextJudge } from "../risk/text_judge.ts";
import type { Finding } from "../risk/verdict.ts";
import { coveredTables } from "./covered_tables.ts";
import type { DigestCounter } from "./digest_counts.ts";
import type { OverrideIndex } from "./override_index.ts";

/** A judged statement, with room for the gate's decision on it. */
export type GateStatement = JudgedStatement<StatementDecision>;
/** One statement of a text, or of a text that it runs. */
export interface Part {
  readonly judged: GateStatement;
  /** Current schema when it runs. */
  readonly schema: string;
  /** Vitess: the session's workload behind it; empty where it cannot be told. */
  readonly workload: string;
  /** Another reading of bytes that count already. */
  readonly alternative: boolean;
}

/** A judge that keeps the gate's decisions with its verdicts. */
export type GateJudge = TextJudge<StatementDecision>;

/**
 * The decision on all statements of one shape and verdict under one role: what the policy makes of the verdict, and what
 * blocks, approvals, break-glass and the mode make of that. It holds until policy or overrides change.
 */
export interface StatementDecision {
  readonly judged: GateStatement;
  readonly role: Role;
  readonly schema: string;
  /** The epoch of the gate in which it holds. */
  readonly epoch: number;
  readonly action: AppliedAction;
  /** After findings that the role allows were left out. */
  readonly score: number;
  readonly findings: readonly Finding[];
  readonly reason: string;
  readonly decidedBy: Finding | undefined;
  readonly block: Block | undefined;
  readonly breakGlass: BreakGlass | undefined;
  readonly approved: ApprovedDigest | undefined;
  /** What the shadow policy would do, where that differs. */
  readonly shadow:
    | { readonly role: string; readonly decision: PolicyDecision; readonly key: string }
    | undefined;
  readonly limits: ResponseLimits | undefined;
  readonly counter: DigestCounter;
}

/** The strictest of several has the highest. */
const RANKS: Readonly<Record<AppliedAction, number>> = {
  allow: 0,
  warn: 1,
  would_hold: 2,
  would_refuse: 3,
  hold: 4,
  refuse: 5,
};

/** What decides beside the policy. */
export interface DecisionContext {
  readonly epoch: number;
  readonly monitor: boolean;
  readonly overrides: OverrideIndex;
  readonly shadowRole: Role | undefined;
  readonly limits: ResponseLimits;
}

/** Decides on a statement by everything that does not change from one run of it to the next. */
export function decideStatement(
  { judged, role, schema, counter }: Pick<StatementDecision, "judged" | "role" | "schema" | "counter">,
  context: DecisionContext,
): StatementDecision {
  const { overrides } = context;
  const decision = role.decide(judged, schema, overrides.learned(role.name));
  const digest = overrides.looksAtDigests ? judged.digest : "";
  const block = digest === "" ? undefined : overrides.block(digest);
  const approved = digest === ""
    ? undefined
    : overrides.approved(role.name, digest, () => coveredTables(judged, schema));
  let action: AppliedAction = decision.action;
  let breakGlass: BreakGlass | undefined;
  if (block !== undefined) action = "refuse";
  else if (approved !== undefined && decision.denied !== true) action = "allow";
  else if (action === "refuse" || action === "hold") {
    breakGlass = overrides.breakGlass(role.name);
    if (breakGlass !== undefined) action = wouldBe(action);
  }
  if (context.monitor && (action === "refuse" || action === "hold")) action = wouldBe(action);
  const shadow = context.shadowRole?.decide(judged, schema, overrides.learned(context.shadowRole.name));
  return {
    judged,
    role,
    schema,
    epoch: context.epoch,
    action,
    score: decision.score,
    findings: decision.findings,
    reason: block === undefined ? decision.reason : block.reason,
    decidedBy: block === undefined ? decision.decidedBy : undefined,
    block,
    breakGlass,
    approved: action === "allow" && decision.action !== "allow" ? approved : undefined,
    shadow: shadow === undefined || shadow.action === decision.action ? undefined : {
      role: context.shadowRole?.name ?? "",
      decision: shadow,
      key: `${decision.action}>${shadow.action}`,
    },
    limits: limitsOf(role.limits, context.limits),
    counter,
  };
}

/** The decision that counts for a text of several statements. */
export function strictest(a: StatementDecision, b: StatementDecision): StatementDecision {
  return byStrictness(a, b) > 0 ? b : a;
}

/** For sorting, the strictest first. */
export function byStrictness(a: StatementDecision, b: StatementDecision): number {
  return RANKS[b.action] - RANKS[a.action] || b.score - a.score;
}

/** The approval by which a text that waits may go: each of its statements that would wait is covered by one. */
export function coveringApproval(decisions: readonly StatementDecision[]): ApprovedDigest | undefined {
  if (decisions.some(({ action }) => RANKS[action] > RANKS.warn)) return undefined;
  return decisions.find(({ approved }) => approved !== undefined)?.approved;
}

function wouldBe(action: "refuse" | "hold"): AppliedAction {
  return action === "refuse" ? "would_refuse" : "would_hold";
}

/** A role's limits over the configuration's; undefined where it has none of its own. */
function limitsOf(role: RoleLimits, common: ResponseLimits): ResponseLimits | undefined {
  if (role.responseBytes === undefined && role.windowBytes === undefined && role.rows === undefined) {
    return undefined;
  }
  return {
    responseBytes: role.responseBytes ?? common.responseBytes,
    windowBytes: role.windowBytes ?? common.windowBytes,
    rows: role.rows ?? common.rows,
  };
}
