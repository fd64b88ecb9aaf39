import type { DoctorInput } from "./input.ts";
import type { Notes, Target, TargetNotes } from "./notes.ts";

/** Checks by their stable ids, in the order of reports. */
export const CHECK_IDS = [
  "config",
  "ca-bundle",
  "client-leg",
  "ports",
  "limits",
  "dns",
  "tcp",
  "mysql-greeting",
  "tls",
  "edge",
  "login",
  "clock",
  "service-token",
  "proxy",
] as const;

export type CheckId = typeof CHECK_IDS[number];

/** How a check ended. */
export type CheckStatus = "pass" | "warn" | "fail" | "skip";

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One thing that a check found wrong. */
export interface Finding {
  readonly status: "warn" | "fail";
  /** Stable: `dns.not_found`, `tls.expired`. */
  readonly code: string;
  /** A sentence without a final period. */
  readonly message: string;
  /** What to do about it, without a final period. */
  readonly fix: string;
}

/** What a check found out. Its status is that of its worst finding; without one it passed. */
export interface Outcome {
  /** The fact on the check's line; the first finding stands there where there is one. */
  readonly summary: string;
  /** Further lines under it, worth reading even when all is well. */
  readonly details?: readonly string[];
  readonly findings?: readonly Finding[];
  /** For reports that machines read. */
  readonly facts?: Readonly<Record<string, Json>>;
  /** The check does not apply here, and `summary` says why: it is skipped, and what needs it goes on. */
  readonly skipped?: boolean;
  /** Skipped for want of something, `ca-bundle, which failed`: what needs this check is skipped too. */
  readonly blocked?: string;
}

interface CheckBase {
  readonly id: CheckId;
  /** One line for `--list-checks`. */
  readonly title: string;
  /** Must have ended without failing, or this one is skipped. */
  readonly needs: readonly CheckId[];
  /** Waited for and, whatever came of them, not needed. */
  readonly after?: readonly CheckId[];
  /** Longest time it may take, in milliseconds. */
  readonly limitMs: number;
}

/** A check of what is the same for every database. */
export interface RunCheck extends CheckBase {
  readonly per: "run";
  run(context: CheckContext): Promise<Outcome> | Outcome;
}

/** A check made for each database. */
export interface TargetCheck extends CheckBase {
  readonly per: "target";
  run(
    context: CheckContext & { readonly target: Target; readonly found: TargetNotes },
  ): Promise<Outcome> | Outcome;
}

export type Check = RunCheck | TargetCheck;

/** What a check is given. */
export interface CheckContext {
  readonly input: DoctorInput;
  /** What checks before it found; a check writes its own part. */
  readonly notes: Notes;
  /** Aborted when the check's time or that of the whole run is over. */
  readonly signal: AbortSignal;
}

/** A check that has ended. */
export interface CheckResult {
  readonly id: CheckId;
  /** `host:port` of a check made for each database. */
  readonly target: string | undefined;
  readonly status: CheckStatus;
  /** The fact on its line. */
  readonly summary: string;
  readonly details: readonly string[];
  readonly findings: readonly Finding[];
  readonly facts: Readonly<Record<string, Json>>;
  readonly tookMs: number;
}

/** A finding that fails its check. */
export function failure(code: string, message: string, fix: string): Finding {
  return { status: "fail", code, message, fix };
}

/** A finding that warns. */
export function caution(code: string, message: string, fix: string): Finding {
  return { status: "warn", code, message, fix };
}

/** The outcome of a check that does not apply. */
export function notApplicable(why: string): Outcome {
  return { summary: why, skipped: true };
}
