import { counts, type LintFinding, type LintReport, totalsOf } from "../model.ts";
import { fingerprintsOf } from "../fingerprint.ts";

/** `--format json`: everything the report holds, schema `querycop.lint/1`. */
export function formatJson(report: LintReport): string {
  const fingerprints = fingerprintsOf(report.findings);
  const document = {
    schema: "querycop.lint/1",
    version: report.version,
    target: report.target,
    failOn: report.failOn,
    totals: totalsOf(report),
    files: report.files,
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
      statement: finding.statement,
      fingerprint: fingerprints.get(finding)?.id ?? "",
      counted: counts(report, finding),
      ...(finding.suppressed === undefined ? {} : { suppressed: finding.suppressed }),
      ...(finding.edits === undefined ? {} : {
        edits: finding.edits.map(({ span, text }) => ({ start: span.startByte, end: span.endByte, text })),
      }),
    })),
    errors: report.errors,
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** Byte offsets, and 1-based lines with columns in Unicode characters; ends are exclusive. */
function jsonSpan({ span }: LintFinding) {
  return {
    startByte: span.startByte,
    endByte: span.endByte,
    start: { line: span.start.line, column: span.start.charColumn },
    end: { line: span.end.line, column: span.end.charColumn },
  };
}
