import type { ApprovedDigest, Block, BreakGlass } from "../contract/override.ts";
import type { AppliedAction } from "../contract/words.ts";
import type { ResponseLimits } from "../proxy/decision.ts";
import type { JudgedStatement } from "../risk/judged_statement.ts";
import type { PolicyDecision, Role, RoleLimits } from "../risk/policy/policy.ts";
import type { Finding } from "../risk/verdict.ts";
import type { DigestCounter } from "./digest_counts.ts";
import type { OverrideIndex } from "./override_index.ts";

/** What becomes of a statement of one shape under one role, until policy or overrides change. */
export interface Ruling {
  readonly judged: JudgedStatement;
  readonly role: Role;
  readonly schema: string;
  /** The gate's epoch in which it holds. */
  readonly epoch: number;
  readonly outcome: AppliedAction;
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

/** The worst of several has the highest. */
const RANKS: Readonly<Record<AppliedAction, number>> = {
  allow: 0,
  warn: 1,
  would_hold: 2,
  would_refuse: 3,
  hold: 4,
  refuse: 5,
};

/** What decides beside the policy. */
export interface RulingContext {
  readonly epoch: number;
  readonly monitor: boolean;
  readonly overrides: OverrideIndex;
  readonly shadowRole: Role | undefined;
  readonly limits: ResponseLimits;
}

/** Decides on one statement by everything that does not change from one run of it to the next. */
export function rule(
  judged: JudgedStatement,
  role: Role,
  schema: string,
  context: RulingContext,
  counter: DigestCounter,
): Ruling {
  const { overrides } = context;
  const decision = role.decide(judged, schema, overrides.learned(role.name));
  const digest = overrides.looksAtDigests ? judged.digest : "";
  const block = digest === "" ? undefined : overrides.block(digest);
  const approved = digest === "" ? undefined : overrides.approved(role.name, digest);
  let outcome: AppliedAction = decision.action;
  let breakGlass: BreakGlass | undefined;
  if (block !== undefined) outcome = "refuse";
  else if (approved !== undefined && decision.denied !== true) outcome = "allow";
  else if (outcome === "refuse" || outcome === "hold") {
    breakGlass = overrides.breakGlass(role.name);
    if (breakGlass !== undefined) outcome = wouldBe(outcome);
  }
  if (context.monitor && (outcome === "refuse" || outcome === "hold")) outcome = wouldBe(outcome);
  const shadow = context.shadowRole?.decide(judged, schema, overrides.learned(context.shadowRole.name));
  return {
    judged,
    role,
    schema,
    epoch: context.epoch,
    outcome,
    score: decision.score,
    findings: decision.findings,
    reason: block === undefined ? decision.reason : block.reason,
    decidedBy: block === undefined ? decision.decidedBy : undefined,
    block,
    breakGlass,
    approved: outcome === "allow" && decision.action !== "allow" ? approved : undefined,
    shadow: shadow === undefined || shadow.action === decision.action ? undefined : {
      role: context.shadowRole?.name ?? "",
      decision: shadow,
      key: `${decision.action}>${shadow.action}`,
    },
    limits: limitsOf(role.limits, context.limits),
    counter,
  };
}

/** The ruling that decides on a text of several statements. */
export function worst(a: Ruling, b: Ruling): Ruling {
  const difference = RANKS[b.outcome] - RANKS[a.outcome];
  return difference > 0 || difference === 0 && b.score > a.score ? b : a;
}

/** The approval by which a text that waits may go: each of its statements that would wait is covered by one. */
export function coverage(rulings: readonly Ruling[]): ApprovedDigest | undefined {
  if (rulings.some(({ outcome }) => RANKS[outcome] > RANKS.warn)) return undefined;
  return rulings.find(({ approved }) => approved !== undefined)?.approved;
}

function wouldBe(outcome: "refuse" | "hold"): AppliedAction {
  return outcome === "refuse" ? "would_refuse" : "would_hold";
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
