import { fails, type LintError, type LintFinding, type LintReport, totalsOf } from "../model.ts";
import { escapeXml } from "./escape.ts";
import { groupBy } from "./order.ts";

/**
 * `--format junit`: a suite for each file. A finding that fails the run is a failed case; findings below the threshold
 * are cases that pass with the finding as their output, so that the report and the exit code say the same; a file
 * without findings is one case that passes; an input that could not be judged is an error.
 */
export function formatJunit(report: LintReport): string {
  const findings = groupBy(
    report.findings.filter((finding) => finding.suppressed === undefined),
    (one) => one.file,
  );
  const errors = groupBy(report.errors, (error) => error.file ?? "querycop");
  const names = new Set([...report.files.map((file) => file.path), ...findings.keys(), ...errors.keys()]);
  const suites = [...names].map((name) =>
    suite(report, name, findings.get(name) ?? [], errors.get(name) ?? [])
  );
  const tests = suites.reduce((sum, one) => sum + one.tests, 0);
  const totals = totalsOf(report);
  return `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<testsuites name="querycop lint-sql" tests="${tests}" failures="${totals.failing}" ` +
    `errors="${report.errors.length}">\n${suites.map((one) => one.text).join("")}</testsuites>\n`;
}

function suite(
  report: LintReport,
  name: string,
  findings: readonly LintFinding[],
  errors: readonly LintError[],
): { readonly text: string; readonly tests: number } {
  let failures = 0;
  const cases: string[] = [];
  const file = escapeXml(name);
  for (const error of errors) {
    const text = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
    cases.push(
      `    <testcase classname="${file}" name="${escapeXml(error.code)}">\n` +
        `      <error type="${escapeXml(error.code)}" message="${escapeXml(error.message)}">${
          escapeXml(text)
        }</error>\n` +
        `    </testcase>\n`,
    );
  }
  for (const finding of findings) {
    const { start } = finding.span;
    const failing = fails(report, finding);
    if (failing) failures++;
    const text = `${finding.file}:${start.line}:${start.charColumn}\n` +
      `${finding.code} ${finding.name}, score ${finding.score}\n${finding.message}\n` +
      finding.excerpt.map((line) => `  ${line.text}\n`).join("") +
      `Why: ${finding.why}\nFix: ${finding.fix}\n`;
    const name = `${finding.code} ${finding.name} line ${start.line} column ${start.charColumn}`;
    cases.push(
      `    <testcase classname="${file}" name="${escapeXml(name)}">\n` +
        (failing
          ? `      <failure type="${finding.code}" message="${escapeXml(finding.message)}">${
            escapeXml(text)
          }</failure>\n`
          : `      <system-out>${escapeXml(text)}</system-out>\n`) +
        `    </testcase>\n`,
    );
  }
  if (cases.length === 0) {
    cases.push(`    <testcase classname="${file}" name="no findings"/>\n`);
  }
  return {
    tests: cases.length,
    text:
      `  <testsuite name="${file}" file="${file}" tests="${cases.length}" failures="${failures}" errors="${errors.length}">\n` +
      `${cases.join("")}  </testsuite>\n`,
  };
}
