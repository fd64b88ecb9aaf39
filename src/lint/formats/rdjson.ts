import { counts, fails, type LintFinding, type LintReport, type SourceSpan } from "../model.ts";
import type { FormatOptions } from "./format.ts";
import { shown } from "./order.ts";

/** `--format rdjson`: one document of Reviewdog's diagnostic format. Columns are 1-based UTF-8 bytes. */
export function formatRdjson(report: LintReport, options: FormatOptions): string {
  const document = {
    source: sourceOf(options),
    severity: "WARNING",
    diagnostics: diagnostics(report),
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** `--format rdjsonl`: the same, one diagnostic a line. */
export function formatRdjsonl(report: LintReport, options: FormatOptions): string {
  const source = sourceOf(options);
  return diagnostics(report).map((one) => JSON.stringify({ ...one, source }) + "\n").join("");
}

function sourceOf({ homepage }: FormatOptions) {
  return { name: "querycop", ...(homepage === undefined ? {} : { url: homepage }) };
}

function diagnostics(report: LintReport) {
  return [
    ...report.errors.filter((error) => error.file !== undefined).map((error) => ({
      message: error.hint === undefined ? error.message : `${error.message}. ${error.hint}`,
      location: { path: error.file },
      severity: "ERROR",
      code: { value: error.code },
    })),
    ...shown(report).map((finding) => ({
      message: `${finding.message} (score ${finding.score})\nWhy: ${finding.why}\nFix: ${finding.fix}`,
      location: { path: finding.file, range: range(finding.span) },
      severity: severity(report, finding),
      code: { value: finding.code, ...(finding.url === undefined ? {} : { url: finding.url }) },
      ...(finding.edits === undefined || finding.edits.length === 0
        ? {}
        : { suggestions: finding.edits.map((edit) => ({ range: range(edit.span), text: edit.text })) }),
    })),
  ];
}

function range({ start, end }: SourceSpan) {
  return {
    start: { line: start.line, column: start.byteColumn },
    end: { line: end.line, column: end.byteColumn },
  };
}

function severity(report: LintReport, finding: LintFinding): "ERROR" | "WARNING" | "INFO" {
  if (fails(report, finding)) return "ERROR";
  return counts(report, finding) && finding.level !== "info" ? "WARNING" : "INFO";
}
