import { formatDurationMs } from "../base/duration.ts";
import type { Check, CheckId, CheckResult, CheckStatus, Outcome } from "./check.ts";
import type { DoctorInput } from "./input.ts";
import { formatTarget, Notes, type Target } from "./notes.ts";

/** Which checks run, and how long. */
export interface RunOptions {
  /** These and what they need; all where it is left out. */
  readonly only?: readonly CheckId[] | undefined;
  readonly skip?: readonly CheckId[] | undefined;
  /** For the whole run, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with each result as soon as it and all before it in the order of the report are there. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

const GRACE_MS = 50;

interface Job {
  readonly check: Check;
  readonly target: Target | undefined;
}

/** How a check ended, as those that need it see it. */
interface Ended {
  readonly result: CheckResult;
  /** Why what needs it may not run: the checks at the root of it and what came of them. Empty where it may. */
  readonly obstacles: readonly string[];
}

/**
 * Runs checks, each as soon as what it needs has ended, and resolves to their results in the order of the report.
 * Never rejects for what a check does: one that throws, or takes longer than its limit, has failed.
 */
export async function runChecks(
  checks: readonly Check[],
  input: DoctorInput,
  options: RunOptions,
): Promise<readonly CheckResult[]> {
  const notes = new Notes();
  for (const target of input.targets) notes.of(target);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.timeoutMs);
  const signal = options.signal === undefined
    ? deadline.signal
    : AbortSignal.any([deadline.signal, options.signal]);
  const wanted = selectChecks(checks, options.only);
  const jobs = inOrder(wanted, input.targets);
  const ended = new Map<Job, Promise<Ended>>();

  /** The jobs of check `id` that bear on `job`: of its own target, or, for a check of the run, of all. */
  const jobsOf = (id: CheckId, job: Job) =>
    jobs.filter((each) =>
      each.check.id === id &&
      (job.target === undefined || each.target === undefined || each.target === job.target)
    );

  const start = (job: Job): Promise<Ended> => {
    const running = ended.get(job) ?? begin(job);
    ended.set(job, running);
    return running;
  };
  const begin = async (job: Job): Promise<Ended> => {
    const { check, target } = job;
    const name = target === undefined ? undefined : formatTarget(target);
    const blocked = (summary: string, obstacles: readonly string[]): Ended => ({
      result: resultOf(check.id, name, { summary, skipped: true }, 0),
      obstacles,
    });
    if (options.skip?.includes(check.id)) {
      return blocked("left out by --skip", [`${check.id}, which --skip leaves out`]);
    }
    await Promise.all((check.after ?? []).flatMap((id) => jobsOf(id, job).map(start)));
    const needed = await Promise.all(check.needs.flatMap((id) => jobsOf(id, job).map(start)));
    const missing = [...new Set(needed.flatMap(({ obstacles }) => obstacles))];
    if (missing.length > 0) return blocked(`needs ${missing.join(" and ")}`, missing);
    if (signal.aborted) return blocked("the time for the run was over", ["more time than the run had"]);
    const started = input.clock.monotonic();
    const outcome = await attempt(job, input, notes, signal, options.timeoutMs);
    const result = resultOf(check.id, name, outcome, input.clock.monotonic() - started);
    if (outcome.blocked !== undefined) return { result, obstacles: [outcome.blocked] };
    return { result, obstacles: result.status === "fail" ? [`${check.id}, which failed`] : [] };
  };

  try {
    const running = jobs.map(start);
    const results: CheckResult[] = [];
    for (const each of running) {
      const { result } = await each;
      results.push(result);
      options.onResult?.(result);
    }
    return results;
  } finally {
    clearTimeout(timer);
    deadline.abort();
    notes.close();
  }
}

/** Checks named, and what they need or look at, in the order of `checks`. */
export function selectChecks(
  checks: readonly Check[],
  only: readonly CheckId[] | undefined,
): readonly Check[] {
  if (only === undefined || only.length === 0) return checks;
  const wanted = new Set<CheckId>();
  const add = (id: CheckId): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    const check = checks.find((each) => each.id === id);
    for (const need of [...check?.needs ?? [], ...check?.after ?? []]) add(need);
  };
  for (const id of only) add(id);
  return checks.filter((check) => wanted.has(check.id));
}

/** The jobs in the order of the report: checks of the run before the targets', each target's, and the others. */
function inOrder(checks: readonly Check[], targets: readonly Target[]): readonly Job[] {
  const first = checks.findIndex((check) => check.per === "target");
  const last = checks.findLastIndex((check) => check.per === "target");
  const job = (check: Check): Job => ({ check, target: undefined });
  if (first < 0) return checks.map(job);
  return [
    ...checks.slice(0, first).map(job),
    ...targets.flatMap((target) => checks.slice(first, last + 1).map((check) => ({ check, target }))),
    ...checks.slice(last + 1).map(job),
  ];
}

/** Runs one check to its end or its limit. What it throws is a finding. */
async function attempt(
  job: Job,
  input: DoctorInput,
  notes: Notes,
  whole: AbortSignal,
  timeoutMs: number,
): Promise<Outcome> {
  const { check, target } = job;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), check.limitMs);
  const signal = AbortSignal.any([limit.signal, whole]);
  const slow = () => tooSlow(check.id, whole.aborted ? timeoutMs : check.limitMs, whole.aborted);
  let grace: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const stopped = new Promise<Outcome>((resolve) => {
    // A check that heeds the signal gets a moment to say what it knows.
    stop = () => grace = setTimeout(() => resolve(slow()), GRACE_MS);
  });
  signal.addEventListener("abort", stop);
  try {
    const context = { input, notes, signal };
    const outcome = check.per === "target"
      ? target === undefined ? undefined : check.run({ ...context, target, found: notes.of(target) })
      : check.run(context);
    if (outcome === undefined) throw new Error(`The check ${check.id} has no target`);
    return await Promise.race([outcome, stopped]);
  } catch (error) {
    return signal.aborted ? slow() : crashed(check.id, error);
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(grace);
    clearTimeout(timer);
    limit.abort();
  }
}

function tooSlow(id: CheckId, limitMs: number, whole: boolean): Outcome {
  const message = whole
    ? `did not end within the run's ${formatDurationMs(limitMs)}`
    : `did not end within ${formatDurationMs(limitMs)}`;
  const fix = whole
    ? "Give the run longer with --timeout, or fix what failed before it"
    : "Look at what it waits for: the other checks say how far things went";
  return { summary: message, findings: [{ status: "fail", code: `${id}.timeout`, message, fix }] };
}

function crashed(id: CheckId, error: unknown): Outcome {
  const message = `the check itself failed: ${error instanceof Error ? error.message : String(error)}`;
  const finding = {
    status: "fail" as const,
    code: `${id}.crash`,
    message,
    fix: "This is a fault of querycop: please report it with the output of querycop doctor --format json",
  };
  const stack = error instanceof Error ? error.stack ?? "" : "";
  return { summary: message, findings: [finding], facts: { stack } };
}

function resultOf(
  id: CheckId,
  target: string | undefined,
  outcome: Outcome,
  tookMs: number,
): CheckResult {
  const findings = [...outcome.findings ?? []]
    .sort((a, b) => Number(a.status === "warn") - Number(b.status === "warn"))
    .map((finding) => ({ ...finding, message: printable(finding.message), fix: printable(finding.fix) }));
  const status: CheckStatus = outcome.skipped === true ? "skip" : findings[0]?.status ?? "pass";
  return {
    id,
    target,
    status,
    summary: findings[0]?.message ?? printable(outcome.summary),
    details: (outcome.details ?? []).map(printable),
    findings,
    facts: outcome.facts ?? {},
    tookMs: Math.max(0, tookMs),
  };
}

/** What a server says ends up on a terminal, and may be anything. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\s*\n\s*/g, " ").replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "?");
}
