import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { parseDurationMs } from "../base/duration.ts";
import type { ConfigInput } from "../config/mod.ts";
import { AuditReader } from "../store/audit_reader.ts";
import { verifyExport } from "../store/audit_export.ts";
import type { ChainCheck } from "../store/verify.ts";
import type { CommandContext } from "./context.ts";
import { dataDirectoryOf } from "./data_directory.ts";

/** Options of `querycop audit verify`. */
export interface VerifyAuditOptions {
  readonly config: ConfigInput;
  /** An exported file in place of the data directory; `-` is standard input. */
  readonly file: string | undefined;
  /** A hash that was noted elsewhere, and has to be in the chain. */
  readonly expect: string | undefined;
}

/** Options of `querycop audit export`. */
export interface ExportAuditOptions {
  readonly config: ConfigInput;
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/** Lines written at a time by an export: few calls, little memory. */
const LINES_AT_A_TIME = 500;

/** Checks that the audit is as it was chained: exit code 1 with the first record that is not. */
export async function verifyAudit(options: VerifyAuditOptions, context: CommandContext): Promise<ExitCode> {
  const { file } = options;
  const expect = options.expect?.toLowerCase();
  if (expect !== undefined && !/^[0-9a-f]{64}$/.test(expect)) {
    throw new UsageError(`--expect "${options.expect}" is not a hash`, {
      hint: "Give the 64 hexadecimal digits that querycop audit verify printed as the last hash",
    });
  }
  if (file !== undefined) {
    const check = await verifyExport(linesOf(file, context), expect);
    return report(check, { source: file === "-" ? "Standard input" : file, waiting: 0 }, context);
  }
  const reader = new AuditReader(dataDirectoryOf(options.config));
  const progress = context.progress("Checking the audit");
  try {
    const waiting = reader.waiting();
    const check = reader.verify((done, total) => progress.update({ done, total }), expect);
    progress.end();
    return report(check, { source: "The audit", waiting }, context);
  } finally {
    progress.end();
    reader.close();
  }
}

function report(
  check: ChainCheck,
  { source, waiting }: { readonly source: string; readonly waiting: number },
  { stdout, format }: CommandContext,
): ExitCode {
  const { records, after, upTo, broken } = check;
  const exit = broken === undefined ? EXIT_CODES.ok : EXIT_CODES.findings;
  if (format === "json") {
    stdout.line(JSON.stringify({
      schema: "querycop.audit-verify/1",
      ok: broken === undefined,
      records,
      after,
      up_to: upTo,
      waiting,
      broken: broken ?? null,
    }));
    return exit;
  }
  const { style } = stdout;
  const intact = upTo.seq === after.seq ? "" : ` (records ${after.seq + 1} to ${upTo.seq})`;
  if (broken === undefined) {
    stdout.line(
      records === 0
        ? `${style.green(style.marks.pass)} ${source} is empty: there is nothing to check`
        : `${style.green(style.marks.pass)} ${source} is whole: ${count(records, "record")}${intact}`,
    );
    if (records > 0) stdout.line(`  last hash ${upTo.hash}`);
  } else {
    stdout.line(`${style.red(style.marks.fail)} ${source} is broken at record ${broken.seq}: ${broken.what}`);
    stdout.line(
      intact === "" ? "  nothing before it can be relied on" : `  what comes before is whole${intact}`,
    );
  }
  if (after.seq > 0 && source === "The audit") {
    stdout.line(`  it begins after record ${after.seq}: older ones were removed for their age or for room`);
  }
  if (waiting > 0) stdout.line(`  ${count(waiting, "event")} not yet chained`);
  return exit;
}

/** Writes the audit as NDJSON that `audit verify --file` can check. */
export function exportAudit(options: ExportAuditOptions, context: CommandContext): Promise<ExitCode> {
  const period = periodOf(options);
  const reader = new AuditReader(dataDirectoryOf(options.config));
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) context.stdout.write(lines.join("\n") + "\n");
    lines = [];
  };
  try {
    const waiting = reader.waiting();
    const written = reader.export(period, (line) => {
      if (lines.push(line) >= LINES_AT_A_TIME) flush();
    });
    flush();
    context.note(`${count(written, "record")} exported`);
    if (waiting > 0) {
      context.warn(
        `${count(waiting, "event")} not yet chained, and so not exported`,
        "They come into the chain within a second while querycop serves",
      );
    }
  } finally {
    reader.close();
  }
  return Promise.resolve(EXIT_CODES.ok);
}

/** Milliseconds since the epoch of the ends of a period as they were written. */
export function periodOf(
  options: { readonly since: string | undefined; readonly until: string | undefined },
): { since?: number; until?: number } {
  const since = momentOf(options.since);
  const until = momentOf(options.until);
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ago = parseDurationMs(text);
  if (ago !== undefined) return Date.now() - ago;
  const at = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new UsageError(`${text} is no time`, {
    hint: "Write how long ago, such as 30m or 7d, or a time such as 2026-01-31 or 2026-01-31T12:00:00Z",
  });
}

/** `1 record`, `2 records`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

async function* linesOf(file: string, context: CommandContext): AsyncGenerator<string> {
  let stream: ReadableStream<Uint8Array>;
  try {
    stream = file === "-" ? context.stdin.stream() : (await Deno.open(file)).readable;
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${error instanceof Error ? error.message : error}`, {
      hint: "Name a file that querycop audit export wrote",
      cause: error,
    });
  }
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
