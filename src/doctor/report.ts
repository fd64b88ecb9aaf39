import type { CheckResult, CheckStatus } from "./check.ts";
import type { DoctorInput } from "./input.ts";
import { formatTarget } from "./notes.ts";

/** A run as reports show it. */
export interface DoctorReport {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly tookMs: number;
  readonly targets: readonly string[];
  readonly tlsMode: string;
  readonly results: readonly CheckResult[];
  readonly counts: Readonly<Record<CheckStatus, number>>;
  /** Whether warnings count as failures (`--strict`). */
  readonly strict: boolean;
  /** No check failed, and with `strict` none warned. */
  readonly ok: boolean;
  /** What to do now, a sentence without a final period. */
  readonly next: string;
}

/** Puts the results of a run together. */
export function makeReport(
  input: DoctorInput,
  results: readonly CheckResult[],
  run: {
    readonly version: string;
    readonly startedMs: number;
    readonly tookMs: number;
    readonly strict: boolean;
  },
): DoctorReport {
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0 };
  for (const { status } of results) counts[status] += 1;
  const ok = counts.fail === 0 && (!run.strict || counts.warn === 0);
  return {
    ...run,
    targets: input.targets.map(formatTarget),
    tlsMode: input.tls.mode,
    results,
    counts,
    ok,
    next: nextStep(input, results),
  };
}

function nextStep(input: DoctorInput, results: readonly CheckResult[]): string {
  const failed = results.find(({ status }) => status === "fail");
  if (failed !== undefined) {
    const where = failed.target !== undefined && input.targets.length > 1 ? ` of ${failed.target}` : "";
    return `Fix the ${failed.id} check${where} as shown above, then rerun querycop doctor`;
  }
  if (input.targetsFrom === "default") {
    return "Set GATEKEEPER_BACKEND_HOST to the endpoint your database uses, and run querycop doctor with that environment";
  }
  const warned = results.find(({ status }) => status === "warn");
  if (warned !== undefined) return `It works; look at the warning of ${warned.id} before you rely on it`;
  if (results.some(({ id, status }) => id === "login" && status === "skip")) {
    return "Try a login too: querycop doctor --user NAME, with the password in MYSQL_PWD";
  }
  if (results.some(({ id, facts }) => id === "ports" && facts.running === true)) {
    return "A querycop with this configuration runs already; restart it to take up changes";
  }
  return input.targetsFrom === "configuration"
    ? "Start it with the same environment: querycop serve"
    : "Set the same host as GATEKEEPER_BACKEND_HOST and start querycop serve";
}

/** `9 passed, 1 warning, 1 failed`; what there is none of is left out. */
export function describeCounts(counts: DoctorReport["counts"]): string {
  const parts = [
    ...(counts.pass > 0 ? [`${counts.pass} passed`] : []),
    ...(counts.warn > 0 ? [counts.warn === 1 ? "1 warning" : `${counts.warn} warnings`] : []),
    ...(counts.fail > 0 ? [`${counts.fail} failed`] : []),
    ...(counts.skip > 0 ? [`${counts.skip} skipped`] : []),
  ];
  return parts.length === 0 ? "nothing was checked" : parts.join(", ");
}
