import { visible } from "../../base/visible.ts";
import { textWidth, wrapText } from "../../base/text_width.ts";
import {
  type ExcerptLine,
  failingReason,
  LINT_LEVELS,
  type LintError,
  type LintFinding,
  type LintReport,
  totalsOf,
} from "../model.ts";
import type { FormatOptions } from "./format.ts";
import { plural } from "./order.ts";

/** Narrowest and widest layout; text beyond this is hard to read. */
const MIN_WIDTH = 40;
const MAX_WIDTH = 100;

/**
 * `--format text`: each finding with its statement and the span marked, then the errors and a table by level. A rule is
 * explained where it is first found, and its further places in one statement follow the first.
 */
export function formatText(report: LintReport, options: FormatOptions): string {
  const findings = report.findings.filter((finding) => finding.suppressed === undefined);
  const explained = new Set<string>();
  let text = "";
  for (let index = 0; index < findings.length;) {
    const group = sameComplaint(findings, index);
    const [first] = group;
    if (first === undefined) break;
    text += formatGroup(first, group.slice(1), explained, options);
    index += group.length;
  }
  return text + report.errors.map((error) => formatTextError(error, options)).join("") +
    formatTextSummary(report, options);
}

/** The findings from `index` on that are by one rule about one statement. */
function sameComplaint(findings: readonly LintFinding[], index: number): readonly LintFinding[] {
  const first = findings[index];
  let end = index + 1;
  for (; end < findings.length; end++) {
    const next = findings[end];
    if (next?.code !== first?.code || next?.file !== first?.file || next?.score !== first?.score) break;
    if (next?.statement.index !== first?.statement.index) break;
  }
  return findings.slice(index, end);
}

/** What and where, the statement with its span marked, further places, why and what to do. Ends with an empty line. */
function formatGroup(
  finding: LintFinding,
  others: readonly LintFinding[],
  explained: Set<string>,
  options: FormatOptions,
): string {
  const { paint } = options;
  const width = layoutWidth(options);
  const badge = `${finding.level} ${finding.score}`;
  const notes = [
    finding.statement.section === "down" ? "down section" : "",
    finding.statement.count > 1 ? `seen ${plural(finding.statement.count, "time")}` : "",
  ].filter((note) => note !== "").map((note) => `  (${note})`).join("");
  const lines = [
    `${paint(finding.level, badge)}  ${paint("strong", finding.code)} ${finding.name}${
      paint("faint", notes)
    }`,
    ...wrapText(visible(finding.message), width - 2).map((line) => `  ${line}`),
    `  ${paint("faint", options.ascii ? "at" : "╰─")} ${placeOf(finding)}`,
    "",
    ...excerptLines(finding, options, width),
    "",
    ...others.flatMap((other) => alsoLines(other, options, width)),
  ];
  if (others.length > 0) lines.push("");
  if (!explained.has(finding.code)) {
    explained.add(finding.code);
    lines.push(
      ...paragraph(paint("faint", "why"), finding.why, width),
      ...paragraph(paint("good", "fix"), finding.fix, width),
    );
    lines.push("");
  }
  return `${lines.join("\n")}\n`;
}

/** A further place of the same complaint, in short. */
function alsoLines(finding: LintFinding, options: FormatOptions, width: number): readonly string[] {
  const { start } = finding.span;
  const where = options.paint("faint", `${start.line}:${start.charColumn}`);
  const [first = "", ...rest] = wrapText(visible(finding.message), width - 16);
  return [`  also  ${where}  ${first}`, ...rest.map((line) => `        ${line}`)];
}

function placeOf({ file, span: { start } }: LintFinding): string {
  return `${visible(file)}:${start.line}:${start.charColumn}`;
}

/** One input that could not be judged. Ends with an empty line. */
function formatTextError(error: LintError, options: FormatOptions): string {
  const text = `${options.paint("bad", "error")}: ${visible(error.message)}\n`;
  return error.hint === undefined
    ? `${text}\n`
    : `${text}${options.paint("faint", "hint")}: ${error.hint}\n\n`;
}

/** The closing table by level and the verdict of the run. */
function formatTextSummary(report: LintReport, options: FormatOptions): string {
  const { paint } = options;
  const totals = totalsOf(report);
  const scope = `${plural(totals.statements, "statement")} in ${plural(totals.files, "file")}`;
  const aside = [
    totals.suppressed > 0 ? `${totals.suppressed} suppressed` : "",
    totals.baselined > 0 ? `${totals.baselined} in the baseline` : "",
    totals.down > 0 ? `${totals.down} in down sections, not counted` : "",
    totals.errors > 0 ? plural(totals.errors, "error") : "",
  ].filter((part) => part !== "").join(", ");
  const rest = aside === "" ? "" : ` (${aside})`;
  if (totals.findings === 0) {
    const mark = totals.errors > 0
      ? paint("bad", options.ascii ? "!" : "✗")
      : paint("good", options.ascii ? "ok" : "✓");
    return `${mark} Nothing found in ${scope}${rest}\n`;
  }
  const rows = LINT_LEVELS.filter((level) => totals.byLevel[level] > 0).map((level) => {
    const count = totals.byLevel[level];
    const rules = topRules(report, level, layoutWidth(options) - 20);
    return `${paint(level, level.padEnd(10))}${count.toLocaleString("en-US").padStart(6)}  ${
      paint("faint", rules)
    }\n`;
  });
  const rule = (options.ascii ? "-" : "─").repeat(layoutWidth(options));
  const verdict = totals.failing > 0
    ? `${paint("bad", options.ascii ? "FAIL" : "✗")} ${plural(totals.failing, "finding")} ${
      failingReason(report, totals)
    }`
    : `${paint("good", options.ascii ? "ok" : "✓")} Nothing at or above ${report.failOn}`;
  return `${paint("faint", rule)}\n${rows.join("")}\n` +
    `${verdict}; highest score ${totals.score}; ${scope}${rest}\n`;
}

/** The rules of a level by how often they were found, as many as fit. */
function topRules(report: LintReport, level: string, width: number): string {
  const times = new Map<string, number>();
  for (const finding of report.findings) {
    if (finding.level !== level || finding.suppressed !== undefined) continue;
    if (finding.statement.section === "down" && !report.downCounts) continue;
    times.set(finding.code, (times.get(finding.code) ?? 0) + 1);
  }
  let text = "";
  for (const [code, count] of [...times].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    const next = `${text === "" ? "" : ", "}${code}${count === 1 ? "" : ` x${count}`}`;
    if (text.length + next.length > width - 5) return `${text}, ...`;
    text += next;
  }
  return text;
}

function excerptLines(finding: LintFinding, options: FormatOptions, width: number): readonly string[] {
  const { paint } = options;
  const digits = Math.max(3, ...finding.excerpt.map((line) => String(line.line).length));
  const bar = options.ascii ? "|" : "│";
  const room = width - digits - 5;
  const lines: string[] = [];
  for (const line of finding.excerpt) {
    const number = String(line.line).padStart(digits + 1);
    const { before, marked, after } = window(line, room, options.ascii);
    const code = before + (marked === "" ? "" : paint(finding.level, marked)) + after;
    lines.push(`${paint("faint", `${number} ${bar}`)} ${code}`.trimEnd());
    if (line.mark === undefined) continue;
    const carets = (options.ascii ? "^" : "▔").repeat(Math.max(1, textWidth(marked)));
    const gutter = paint("faint", `${" ".repeat(digits + 1)} ${bar}`);
    lines.push(`${gutter} ${" ".repeat(textWidth(before))}${paint(finding.level, carets)}`);
  }
  const last = finding.excerpt.at(-1);
  if (last !== undefined && last.line < finding.span.end.line) {
    lines.push(
      paint(
        "faint",
        `${" ".repeat(digits + 1)} ${bar} ... ${plural(finding.span.end.line - last.line, "more line")}`,
      ),
    );
  }
  return lines;
}

/** The part of a line that fits into `room` columns, so that the mark's start is in it; split at the mark. */
function window(line: ExcerptLine, room: number, ascii: boolean) {
  const dots = ascii ? "..." : "…";
  const mark = line.mark ?? { start: line.text.length, end: line.text.length };
  // Leading space is not worth marking.
  const skipped = /^\s*/.exec(line.text.slice(mark.start, mark.end))?.[0].length ?? 0;
  let before = visible(line.text.slice(0, mark.start + skipped));
  let marked = visible(line.text.slice(mark.start + skipped, mark.end).trimEnd());
  let after = visible(line.text.slice(mark.start + skipped + marked.length, line.text.length));
  if (line.mark === undefined) after = "";
  let cutStart = line.cutStart;
  let cutEnd = line.cutEnd;
  const space = room - dots.length * 2;
  if (textWidth(before + marked + after) + (cutStart || cutEnd ? dots.length : 0) > room) {
    // Some of what follows the mark is kept too.
    const wanted = Math.min(textWidth(marked) + Math.min(textWidth(after), 16), Math.max(20, space - 20));
    const kept = Math.max(0, space - wanted);
    if (line.mark !== undefined && textWidth(before) > kept) {
      before = tail(before, kept);
      cutStart = true;
    }
    const left = space - textWidth(before);
    if (textWidth(marked) > left) {
      marked = head(marked, left);
      after = "";
      cutEnd = true;
    }
    const rest = space - textWidth(before) - textWidth(marked);
    if (textWidth(after) > rest) {
      after = head(after, rest);
      cutEnd = true;
    }
  }
  return { before: (cutStart ? dots : "") + before, marked, after: after + (cutEnd ? dots : "") };
}

function head(text: string, columns: number): string {
  let [kept, used] = ["", 0];
  for (const character of text) {
    used += textWidth(character);
    if (used > columns) break;
    kept += character;
  }
  return kept;
}

function tail(text: string, columns: number): string {
  const characters = [...text];
  let [from, used] = [characters.length, 0];
  while (from > 0) {
    used += textWidth(characters[from - 1] ?? "");
    if (used > columns) break;
    from--;
  }
  return characters.slice(from).join("");
}

function paragraph(label: string, text: string, width: number): readonly string[] {
  return wrapText(text, width - 7).map((line, index) =>
    index === 0 ? `  ${label}  ${line}` : `       ${line}`
  );
}

function layoutWidth(options: FormatOptions): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width));
}
