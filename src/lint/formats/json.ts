import type * as z from "zod";
import { counts, fails, type LintFinding, type LintReport, totalsOf } from "../model.ts";
import type { lintReportSchema } from "../report_schema.ts";
import { fingerprintsOf } from "../fingerprint.ts";

/** `--format json`: everything the report holds, schema `querycop.lint/2`. */
export function formatJson(report: LintReport): string {
  const fingerprints = fingerprintsOf(report.findings);
  const { byLevel, ...totals } = totalsOf(report);
  const document: z.input<typeof lintReportSchema> = {
    schema: "querycop.lint/2",
    version: report.version,
    target: report.target,
    fail_on: report.failOn,
    totals: { ...totals, by_level: byLevel },
    files: [...report.files],
    findings: report.findings.map((finding) => ({
      rule: finding.code,
      name: finding.name,
      group: finding.group,
      level: finding.level,
      score: finding.score,
      message: finding.message,
      why: finding.why,
      fix: finding.fix,
      ...(finding.url === undefined ? {} : { url: finding.url }),
      file: finding.file,
      span: jsonSpan(finding),
      excerpt: finding.excerpt.map(({ line, text }) => ({ line, text })),
      statement: jsonStatement(finding),
      fingerprint: fingerprints.get(finding)?.id ?? "",
      unparsed: finding.unparsed === true,
      counted: counts(report, finding),
      failing: fails(report, finding),
      ...(finding.suppressed === undefined ? {} : { suppressed: finding.suppressed }),
      ...(finding.edits === undefined ? {} : {
        edits: finding.edits.map(({ span, text }) => ({ start: span.startByte, end: span.endByte, text })),
      }),
    })),
    errors: [...report.errors],
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** Byte offsets, and 1-based lines with columns in Unicode characters; ends are exclusive. */
function jsonSpan({ span }: LintFinding) {
  return {
    start_byte: span.startByte,
    end_byte: span.endByte,
    start: { line: span.start.line, column: span.start.charColumn },
    end: { line: span.end.line, column: span.end.charColumn },
  };
}

function jsonStatement({ statement: { digestHash, ...statement } }: LintFinding) {
  return { digest_hash: digestHash, ...statement };
}
