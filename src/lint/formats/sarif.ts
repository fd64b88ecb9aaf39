import {
  counts,
  fails,
  type LintFinding,
  type LintLevel,
  lintLevel,
  type LintReport,
  type LintRule,
  type SourceSpan,
} from "../model.ts";
import { fingerprintsOf } from "../fingerprint.ts";
import type { FormatOptions } from "./format.ts";

/** Results beyond this many are refused by GitHub code scanning; the worst are kept. */
const MAX_SARIF_RESULTS = 25_000;

/** `--format sarif`: SARIF 2.1.0 with what GitHub code scanning reads. Columns are UTF-16 units. */
export function formatSarif(report: LintReport, options: FormatOptions): string {
  const rules = ruleTable(report);
  const indexes = new Map(rules.map((rule, index) => [rule.code, index]));
  const fingerprints = fingerprintsOf(report.findings);
  const findings = mostSevere(report.findings);
  const located = options.root === undefined ? undefined : { uri: options.root };
  const run = {
    tool: {
      driver: {
        name: "querycop",
        semanticVersion: report.version,
        ...(options.homepage === undefined ? {} : { informationUri: options.homepage }),
        rules: rules.map(sarifRule),
      },
    },
    columnKind: "utf16CodeUnits",
    automationDetails: { id: "querycop/lint-sql/" },
    ...(located === undefined ? {} : { originalUriBaseIds: { "%SRCROOT%": located } }),
    invocations: [{
      executionSuccessful: report.errors.length === 0,
      toolExecutionNotifications: report.errors.map((error) => ({
        level: "error",
        message: { text: error.hint === undefined ? error.message : `${error.message}. ${error.hint}` },
        descriptor: { id: error.code },
        ...(error.file === undefined ? {} : {
          locations: [{
            physicalLocation: { artifactLocation: artifact(error.file, located !== undefined) },
          }],
        }),
      })),
    }],
    results: findings.map((finding) => {
      const print = fingerprints.get(finding) ?? { id: "", ordinal: 0 };
      return {
        ruleId: finding.code,
        ruleIndex: indexes.get(finding.code) ?? -1,
        kind: "fail",
        level: fails(report, finding) && finding.unparsed === true
          ? "error"
          : counts(report, finding)
          ? sarifLevel(finding.level)
          : "note",
        rank: finding.score,
        message: { text: finding.message, markdown: `${finding.message}. **Fix:** ${finding.fix}` },
        locations: [{
          physicalLocation: {
            artifactLocation: artifact(finding.file, located !== undefined),
            region: region(finding.span),
          },
        }],
        partialFingerprints: {
          primaryLocationLineHash: `${print.id.slice(0, 16)}:${print.ordinal + 1}`,
          "querycopStatement/v1": `${finding.statement.digestHash}:${finding.code}:${print.ordinal}`,
        },
        ...(finding.suppressed === undefined ? {} : {
          suppressions: [{
            kind: finding.suppressed.kind === "inline" ? "inSource" : "external",
            status: "accepted",
            ...(finding.suppressed.reason === undefined ? {} : { justification: finding.suppressed.reason }),
          }],
        }),
        ...(finding.edits === undefined || finding.edits.length === 0 ? {} : {
          fixes: [{
            description: { text: finding.fix },
            artifactChanges: [{
              artifactLocation: artifact(finding.file, located !== undefined),
              replacements: finding.edits.map((edit) => ({
                deletedRegion: region(edit.span),
                insertedContent: { text: edit.text },
              })),
            }],
          }],
        }),
        properties: { section: finding.statement.section, occurrences: finding.statement.count },
      };
    }),
  };
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return JSON.stringify(log, null, 2) + "\n";
}

/** The rules of the report, with one made up for any finding whose rule the report does not list. */
function ruleTable(report: LintReport): readonly LintRule[] {
  const rules = new Map(report.rules.map((rule) => [rule.code, rule]));
  for (const finding of report.findings) {
    if (!rules.has(finding.code)) rules.set(finding.code, { ...finding, title: finding.name });
  }
  return [...rules.values()];
}

function sarifRule(rule: LintRule) {
  const level = lintLevel(rule.score);
  const security = rule.group === "security" || rule.group === "admin" || rule.group === "sensitive";
  return {
    id: rule.code,
    name: pascalCase(rule.name),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    ...(rule.url === undefined ? {} : { helpUri: rule.url }),
    help: { text: `${rule.why}\n\nFix: ${rule.fix}`, markdown: `${rule.why}\n\n**Fix:** ${rule.fix}` },
    defaultConfiguration: { level: sarifLevel(level), rank: rule.score },
    properties: {
      tags: [...new Set(security ? ["security", "sql", rule.group] : ["sql", rule.group])],
      precision: "high",
      "problem.severity": problemSeverity(level),
      // Only a rule tagged `security` may carry it; GitHub reads 0.1 to 10.0.
      ...(security ? { "security-severity": (Math.max(1, rule.score) / 10).toFixed(1) } : {}),
    },
  };
}

function mostSevere(findings: readonly LintFinding[]): readonly LintFinding[] {
  if (findings.length <= MAX_SARIF_RESULTS) return findings;
  return [...findings].sort((a, b) => b.score - a.score).slice(0, MAX_SARIF_RESULTS);
}

function region(span: SourceSpan) {
  return {
    startLine: span.start.line,
    startColumn: span.start.utf16Column,
    endLine: span.end.line,
    endColumn: span.end.utf16Column,
    byteOffset: span.startByte,
    byteLength: span.endByte - span.startByte,
  };
}

/** A relative path as a URI reference: each segment percent-encoded, never taken for a scheme. */
function artifact(path: string, rooted: boolean) {
  const absolute = path.startsWith("/");
  const encoded = path.split("/").map((segment) => encodeURIComponent(segment)).join("/");
  if (absolute) return { uri: `file://${encoded}` };
  return rooted ? { uri: encoded, uriBaseId: "%SRCROOT%" } : { uri: encoded };
}

function sarifLevel(level: LintLevel): "error" | "warning" | "note" {
  if (level === "critical" || level === "high") return "error";
  return level === "info" ? "note" : "warning";
}

function problemSeverity(level: LintLevel): "error" | "warning" | "recommendation" {
  const mapped = sarifLevel(level);
  return mapped === "note" ? "recommendation" : mapped;
}

function pascalCase(name: string): string {
  return name.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}
