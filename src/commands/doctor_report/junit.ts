import type { DoctorReport } from "../../doctor/report.ts";
import type { CheckResult } from "../../doctor/check.ts";

/** The report as JUnit XML: a test case a check. Warnings are output, or failures with `--strict`. */
export function formatJunit(report: DoctorReport): string {
  const { results, counts, strict } = report;
  const failures = counts.fail + (strict ? counts.warn : 0);
  const seconds = (report.tookMs / 1000).toFixed(3);
  const totals =
    `tests="${results.length}" failures="${failures}" errors="0" skipped="${counts.skip}" time="${seconds}"`;
  const cases = results.map((result) => testCase(result, strict));
  const started = new Date(report.startedMs).toISOString().slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="querycop doctor" ${totals}>`,
    `  <testsuite name="querycop doctor" ${totals} timestamp="${started}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(result: CheckResult, strict: boolean): string {
  const { id, target, status, summary, findings, tookMs } = result;
  const name = target === undefined ? id : `${id} ${target}`;
  const open = `    <testcase classname="querycop.doctor" name="${escape(name)}" time="${
    (tookMs / 1000).toFixed(3)
  }"`;
  const inner: string[] = [];
  if (status === "skip") inner.push(`      <skipped message="${escape(summary)}"/>`);
  const failing = findings.filter((finding) => finding.status === "fail" || strict);
  const [first] = failing;
  if (first !== undefined) {
    const text = failing.map(({ message, fix }) => `${message}\nfix: ${fix}`).join("\n");
    inner.push(
      `      <failure type="${escape(first.code)}" message="${escape(first.message)}">${
        escape(text)
      }</failure>`,
    );
  }
  const warnings = findings.filter((finding) => !failing.includes(finding));
  if (warnings.length > 0 || (status === "pass" && summary !== "")) {
    const lines = warnings.length > 0
      ? warnings.map(({ message, fix }) => `warning: ${message}\nfix: ${fix}`)
      : [summary, ...result.details];
    inner.push(`      <system-out>${escape(lines.join("\n"))}</system-out>`);
  }
  return inner.length === 0 ? `${open}/>` : `${open}>\n${inner.join("\n")}\n    </testcase>`;
}

/** For text and attributes; what XML 1.0 cannot hold at all is replaced. */
function escape(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
