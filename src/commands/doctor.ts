import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { nearest } from "../base/suggest.ts";
import { VERSION } from "../base/version.ts";
import { CHECK_IDS, type CheckId } from "../doctor/check.ts";
import { CHECKS } from "../doctor/checks.ts";
import type { DoctorInput } from "../doctor/input.ts";
import { formatTarget } from "../doctor/notes.ts";
import { type DoctorReport, makeReport } from "../doctor/report.ts";
import { runChecks } from "../doctor/runner.ts";
import { isolateTrustStore } from "../net/mod.ts";
import type { CommandContext } from "./context.ts";
import { doctorInput, type DoctorInputOptions } from "./doctor_input.ts";
import { formatGithub } from "./doctor_report/github.ts";
import { formatJson } from "./doctor_report/json.ts";
import { formatJunit } from "./doctor_report/junit.ts";
import { formatSarif } from "./doctor_report/sarif.ts";
import { TextReport } from "./doctor_report/text.ts";

/** Options of `querycop doctor`. */
export interface DoctorOptions extends DoctorInputOptions {
  /** Ids of checks. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly listChecks: boolean;
  /** Warnings fail. */
  readonly strict: boolean;
  /** For a whole run. */
  readonly timeoutMs: number;
  /** Pause between runs that are repeated until all is well; `undefined` for one run. */
  readonly watchMs: number | undefined;
}

/** Runs the checks and reports them. */
export async function run(options: DoctorOptions, context: CommandContext): Promise<ExitCode> {
  // Before the first TLS connection: from then on only the CA file is trusted, as in serve.
  isolateTrustStore();
  const only = checkIds(options.only, "--only");
  const skip = checkIds(options.skip, "--skip");
  if (options.timeoutMs <= 0) {
    throw new UsageError("--timeout is 0, which leaves no time for any check", {
      hint: "Write a duration such as 15s, or leave it out for 45s",
    });
  }
  if (options.listChecks) return listChecks(context);
  const input = await doctorInput(options, context);
  for (;;) {
    const report = await runOnce({ ...options, only, skip }, input, context);
    if (report.ok || options.watchMs === undefined) {
      const code = exitCode(report, input);
      if (context.format !== "text") context.stdout.write(format(report, code, context.format));
      return code;
    }
    if (context.format === "text") context.stdout.line();
    await pause(options.watchMs, context.signal);
  }
}

async function runOnce(
  options: Omit<DoctorOptions, "only" | "skip"> & {
    readonly only: readonly CheckId[];
    readonly skip: readonly CheckId[];
  },
  input: DoctorInput,
  context: CommandContext,
): Promise<DoctorReport> {
  const { clock } = input;
  const startedMs = clock.now();
  const started = clock.monotonic();
  const text = context.format === "text"
    ? new TextReport(context.stdout, { details: !context.quiet, targets: input.targets.length })
    : undefined;
  text?.header(
    `querycop doctor ${VERSION}: ${input.targets.map(formatTarget).join(" and ") || "no database"}`,
  );
  const progress = context.progress("Checking");
  try {
    const results = await runChecks(CHECKS, input, {
      only: options.only,
      skip: options.skip,
      timeoutMs: options.timeoutMs,
      signal: context.signal,
      onResult: (result) => {
        progress.end();
        text?.result(result);
      },
    });
    const tookMs = clock.monotonic() - started;
    const report = makeReport(input, results, {
      version: VERSION,
      startedMs,
      tookMs,
      strict: options.strict,
    });
    text?.footer(report);
    return report;
  } finally {
    progress.end();
  }
}

function listChecks(context: CommandContext): ExitCode {
  if (context.format === "json") {
    const checks = CHECKS.map(({ id, title, needs }) => ({ id, title, needs }));
    context.stdout.line(JSON.stringify({ schema: "querycop.doctor-checks/1", checks }, undefined, 2));
    return EXIT_CODES.ok;
  }
  const width = Math.max(...CHECKS.map(({ id }) => id.length));
  for (const { id, title } of CHECKS) {
    context.stdout.line(`${context.stdout.style.bold(id.padEnd(width))}  ${title}`);
  }
  return EXIT_CODES.ok;
}

function format(report: DoctorReport, code: ExitCode, name: string): string {
  switch (name) {
    case "junit":
      return formatJunit(report);
    case "github":
      return formatGithub(report);
    case "sarif":
      return formatSarif(report, CHECKS);
    default:
      return formatJson(report, code);
  }
}

/** 3 where `serve` would end with 3 here and now, else 1 for anything that failed. */
function exitCode(report: DoctorReport, input: DoctorInput): ExitCode {
  const cannotListen = report.results.some(({ findings }) =>
    findings.some(({ status, code }) => status === "fail" && code.startsWith("listen."))
  );
  if (input.serveRefuses || cannotListen) return EXIT_CODES.configuration;
  return report.ok ? EXIT_CODES.ok : EXIT_CODES.findings;
}

function checkIds(words: readonly string[], option: string): readonly CheckId[] {
  return words.map((word) => {
    const id = CHECK_IDS.find((each) => each === word);
    if (id !== undefined) return id;
    const near = nearest(word, CHECK_IDS);
    throw new UsageError(`${option} names "${word}", and there is no such check`, {
      hint: near === undefined ? "querycop doctor --list-checks names them" : `Did you mean ${near}?`,
    });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
