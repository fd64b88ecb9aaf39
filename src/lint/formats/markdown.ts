import { visible } from "../../base/visible.ts";
import { failingReason, LINT_LEVELS, type LintFinding, type LintReport, totalsOf } from "../model.ts";
import type { FormatOptions } from "./format.ts";
import { escapeMarkdown, markdownCode } from "./escape.ts";
import { plural, worstFirst } from "./order.ts";

/** Most bytes that GitHub takes for one step's summary. */
const MAX_STEP_SUMMARY_BYTES = 1024 * 1024;

/** `--format markdown`: a table of all findings worst first, then each of them with its statement. */
export function formatMarkdown(report: LintReport, _options?: FormatOptions): string {
  return head(report) + table(report, Infinity) + details(report);
}

/** The text for `GITHUB_STEP_SUMMARY`: the whole table as far as one step's limit of 1 MiB allows. */
export function formatStepSummary(report: LintReport, maxBytes = MAX_STEP_SUMMARY_BYTES): string {
  const start = head(report);
  return start + table(report, maxBytes - byteLength(start) - 200);
}

function head(report: LintReport): string {
  const totals = totalsOf(report);
  const verdict = totals.failing > 0
    ? `**${plural(totals.failing, "finding")} ${failingReason(report, totals)}**`
    : totals.findings > 0
    ? `Nothing at or above ${report.failOn}`
    : "Nothing found";
  const levels = LINT_LEVELS.filter((level) => totals.byLevel[level] > 0)
    .map((level) => `${totals.byLevel[level]} ${level}`).join(", ");
  const aside = [
    totals.suppressed > 0 ? `${totals.suppressed} suppressed` : "",
    totals.baselined > 0 ? `${totals.baselined} in the baseline` : "",
    totals.down > 0 ? `${totals.down} in down sections` : "",
  ].filter((part) => part !== "").join(", ");
  const errors = report.errors.map((error) =>
    `- ${error.file === undefined ? "" : `${markdownCode(error.file)}: `}${escapeMarkdown(error.message)}\n`
  ).join("");
  return `## querycop lint-sql\n\n${verdict} in ${plural(totals.files, "file")} ` +
    `(${plural(totals.statements, "statement")})${levels === "" ? "" : `: ${levels}`}` +
    `${aside === "" ? "" : `; ${aside}`}.\n\n` +
    (errors === "" ? "" : `Could not be judged:\n\n${errors}\n`);
}

function table(report: LintReport, maxBytes: number): string {
  const findings = worstFirst(report);
  if (findings.length === 0) return "";
  let text = "| score | level | rule | where | finding |\n| ---: | --- | --- | --- | --- |\n";
  let bytes = byteLength(text);
  let rows = 0;
  for (const finding of findings) {
    const where = markdownCode(`${finding.file}:${finding.span.start.line}`);
    const row = `| ${finding.score} | ${finding.level} | ${rule(finding)} | ${where} | ` +
      `${escapeMarkdown(finding.message)} |\n`;
    bytes += byteLength(row);
    if (bytes > maxBytes) break;
    text += row;
    rows++;
  }
  const left = findings.length - rows;
  return text + "\n" + (left === 0 ? "" : `${plural(left, "more finding")} did not fit here.\n\n`);
}

function details(report: LintReport): string {
  return worstFirst(report).map((finding) => {
    const lines = finding.excerpt.map((line) =>
      `${line.cutStart ? "..." : ""}${visible(line.text)}${line.cutEnd ? "..." : ""}`
    ).join("\n");
    const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map((run) => run[0].length));
    const fence = "`".repeat(longest + 1);
    return `### ${finding.code} ${finding.name} (${finding.score})\n\n` +
      `${markdownCode(`${finding.file}:${finding.span.start.line}`)}: ${
        escapeMarkdown(finding.message)
      }\n\n` +
      `${fence}sql\n${lines}\n${fence}\n\n- Why: ${escapeMarkdown(finding.why)}\n- Fix: ${
        escapeMarkdown(finding.fix)
      }\n\n`;
  }).join("");
}

function rule(finding: LintFinding): string {
  const label = `${finding.code} ${finding.name}`;
  return finding.url === undefined ? label : `[${label}](${finding.url})`;
}

const encoder = new TextEncoder();
function byteLength(text: string): number {
  return encoder.encode(text).length;
}
