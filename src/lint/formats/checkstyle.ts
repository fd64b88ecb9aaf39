import { counts, fails, type LintFinding, type LintReport } from "../model.ts";
import { escapeXml } from "./escape.ts";
import { groupBy, shown } from "./order.ts";

/** `--format checkstyle`: Checkstyle's XML, which knows where a finding starts but not where it ends. */
export function formatCheckstyle(report: LintReport): string {
  const findings = groupBy(shown(report), (finding) => finding.file);
  const errors = groupBy(report.errors, (error) => error.file ?? "querycop");
  const names = new Set([...report.files.map((file) => file.path), ...findings.keys(), ...errors.keys()]);
  const files = [...names].map((name) => {
    const broken = (errors.get(name) ?? []).map((error) =>
      `    <error line="1" severity="error" message="${escapeXml(error.message)}" source="querycop.${
        escapeXml(error.code)
      }"/>\n`
    );
    const lines = (findings.get(name) ?? []).map((finding) => {
      const { line, charColumn } = finding.span.start;
      return `    <error line="${line}" column="${charColumn}" severity="${severity(report, finding)}" ` +
        `message="${
          escapeXml(`${finding.message} (${finding.score})`)
        }" source="querycop.${finding.code}"/>\n`;
    });
    return `  <file name="${escapeXml(name)}">\n${broken.join("")}${lines.join("")}  </file>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${
    files.join("")
  }</checkstyle>\n`;
}

function severity(report: LintReport, finding: LintFinding): "error" | "warning" | "info" {
  if (fails(report, finding)) return "error";
  return counts(report, finding) && finding.level !== "info" ? "warning" : "info";
}
