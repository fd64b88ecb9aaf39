import { describeCounts, type DoctorReport } from "../../doctor/report.ts";

/** The report as workflow commands of GitHub Actions: an annotation a finding, and a closing notice. */
export function formatGithub(report: DoctorReport): string {
  const lines: string[] = [];
  for (const { id, target, findings } of report.results) {
    for (const { status, message, fix } of findings) {
      const command = status === "fail" || report.strict ? "error" : "warning";
      const title = `querycop doctor: ${id}${target === undefined ? "" : ` of ${target}`}`;
      lines.push(`::${command} title=${property(title)}::${data(`${message}\nfix: ${fix}`)}`);
    }
  }
  lines.push(
    `::notice title=querycop doctor::${data(`${describeCounts(report.counts)}\nnext: ${report.next}`)}`,
  );
  return `${lines.join("\n")}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
