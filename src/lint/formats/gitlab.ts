import type { LintLevel, LintReport } from "../model.ts";
import { hashDigest } from "../collector.ts";
import { fingerprintsOf } from "../fingerprint.ts";
import { shown } from "./order.ts";

const SEVERITY: Readonly<Record<LintLevel, string>> = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
};

/** `--format gitlab`: a Code Quality report. Equal fingerprints would collapse to one issue, so each is unique. */
export function formatGitlab(report: LintReport): string {
  const fingerprints = fingerprintsOf(report.findings);
  const unread = report.errors.map((error) => ({
    type: "issue",
    check_name: error.code,
    description: error.message,
    ...(error.hint === undefined ? {} : { content: { body: error.hint } }),
    categories: ["Bug Risk"],
    fingerprint: hashDigest(`${error.code} ${error.file ?? ""} ${error.message}`),
    severity: "blocker",
    location: { path: error.file ?? ".", lines: { begin: 1 } },
  }));
  const issues = shown(report).map((finding) => ({
    type: "issue",
    check_name: finding.code,
    description: `${finding.code} ${finding.name}: ${finding.message}`,
    content: { body: `${finding.why}\n\nFix: ${finding.fix}` },
    categories: [category(finding.group)],
    fingerprint: fingerprints.get(finding)?.id ?? "",
    severity: finding.statement.section === "down" && !report.downCounts ? "info" : SEVERITY[finding.level],
    location: {
      path: finding.file,
      lines: { begin: finding.span.start.line, end: finding.span.end.line },
    },
  }));
  return JSON.stringify([...unread, ...issues], null, 2) + "\n";
}

/** Code Climate's category for a rule group. */
function category(group: string): string {
  if (group === "security" || group === "admin" || group === "sensitive") return "Security";
  if (group === "performance" || group === "locking") return "Performance";
  if (group === "vitess") return "Compatibility";
  return group === "schema" || group === "file" ? "Style" : "Bug Risk";
}
