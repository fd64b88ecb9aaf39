import type { Check } from "../../doctor/check.ts";
import type { DoctorReport } from "../../doctor/report.ts";

/** The report as SARIF 2.1.0: a rule a check, a result a finding. */
export function formatSarif(report: DoctorReport, checks: readonly Check[]): string {
  const results = report.results.flatMap(({ id, target, findings }) =>
    findings.map(({ status, code, message, fix }) => ({
      ruleId: id,
      ruleIndex: checks.findIndex((check) => check.id === id),
      level: status === "fail" || report.strict ? "error" : "warning",
      message: { text: `${message}. Fix: ${fix}.` },
      locations: [{ logicalLocations: [{ name: target ?? "configuration", kind: "resource" }] }],
      partialFingerprints: { "querycopDoctor/v1": `${code}:${target ?? ""}` },
      properties: { code },
    }))
  );
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "querycop doctor",
          version: report.version,
          rules: checks.map(({ id, title }) => ({ id, shortDescription: { text: title } })),
        },
      },
      invocations: [{ executionSuccessful: true, startTimeUtc: new Date(report.startedMs).toISOString() }],
      results,
    }],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
