import { counts, failingReason, fails, type LintFinding, type LintReport, totalsOf } from "../model.ts";
import { escapeCommandData, escapeCommandProperty } from "./escape.ts";
import { plural } from "./order.ts";

/** Annotations of each kind that GitHub shows for one step; the rest is dropped without a word. */
const SHOWN_ANNOTATIONS = 10;

/**
 * `--format github`: workflow commands, worst first, since GitHub shows only the first ten of each kind, and a last
 * line that says how many there were.
 */
export function formatGithub(report: LintReport): string {
  const lines: string[] = [];
  for (const error of report.errors) {
    const file = error.file === undefined
      ? ""
      : ` file=${escapeCommandProperty(error.file)},title=${error.code}`;
    const text = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
    lines.push(`::error${file}::${escapeCommandData(text)}`);
  }
  const findings = report.findings.filter((finding) => finding.suppressed === undefined)
    .sort((a, b) => Number(counts(report, b)) - Number(counts(report, a)) || b.score - a.score);
  const commands = { error: lines.length, warning: 0, notice: 0 };
  for (const finding of findings) {
    const command = commandOf(report, finding);
    commands[command]++;
    lines.push(annotation(command, finding));
  }
  const hidden = Object.values(commands).reduce(
    (sum, count) => sum + Math.max(0, count - SHOWN_ANNOTATIONS),
    0,
  );
  const totals = totalsOf(report);
  const failing = totals.failing === 0 ? "none" : totals.failing.toLocaleString("en-US");
  lines.push(
    `querycop: ${plural(totals.findings, "finding")} in ${plural(totals.files, "file")}, ${failing} ` +
      `${failingReason(report, totals)}, highest score ${totals.score}` +
      (hidden === 0
        ? ""
        : `; GitHub shows ${SHOWN_ANNOTATIONS} annotations of a kind, ${hidden} more are in the log`),
  );
  return lines.join("\n") + "\n";
}

function commandOf(report: LintReport, finding: LintFinding): "error" | "warning" | "notice" {
  if (fails(report, finding)) return "error";
  return counts(report, finding) && finding.level !== "info" ? "warning" : "notice";
}

function annotation(command: string, finding: LintFinding): string {
  const { start, end } = finding.span;
  const properties = [
    `file=${escapeCommandProperty(finding.file)}`,
    `line=${start.line}`,
    `endLine=${end.line}`,
  ];
  // A range over several lines may not have columns: the runner would drop them, with a message.
  if (start.line === end.line) properties.push(`col=${start.charColumn}`, `endColumn=${end.charColumn}`);
  const down = finding.statement.section === "down" ? ", down section" : "";
  properties.push(
    `title=${escapeCommandProperty(`${finding.code} ${finding.name} (${finding.score}${down})`)}`,
  );
  const text = `${finding.message}\nWhy: ${finding.why}\nFix: ${finding.fix}` +
    (finding.url === undefined ? "" : `\n${finding.url}`);
  return `::${command} ${properties.join(",")}::${escapeCommandData(text)}`;
}
