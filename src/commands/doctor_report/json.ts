import type { DoctorReport } from "../../doctor/report.ts";

/** The report as JSON, schema `querycop.doctor/1`: fields may be added to it, none is renamed or removed. */
export function formatJson(report: DoctorReport, exitCode: number): string {
  const { results, counts } = report;
  const document = {
    schema: "querycop.doctor/1",
    version: report.version,
    started: new Date(report.startedMs).toISOString(),
    took_ms: Math.round(report.tookMs),
    ok: report.ok,
    exit_code: exitCode,
    strict: report.strict,
    counts,
    targets: report.targets,
    tls_mode: report.tlsMode,
    checks: results.map(({ id, target, status, summary, details, findings, facts, tookMs }) => ({
      id,
      target: target ?? null,
      status,
      summary,
      details,
      findings,
      facts,
      took_ms: Math.round(tookMs),
    })),
    next: report.next,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
