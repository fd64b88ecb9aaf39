/** `--fix`: writes the replacements of findings that are certain to keep the statement's meaning. */

import { resolve } from "node:path";
import { counts, type LintEdit, type LintFinding, type LintReport } from "./model.ts";

/** Applies the edits of the findings that count, file by file; the report that is left has those findings no more. */
export async function applyFixes(
  report: LintReport,
  cwd: string,
  tell: (text: string) => void,
): Promise<LintReport> {
  const byFile = new Map<string, LintFinding[]>();
  for (const finding of report.findings) {
    if (finding.edits === undefined || finding.file === "<stdin>" || !counts(report, finding)) continue;
    const list = byFile.get(finding.file);
    if (list === undefined) byFile.set(finding.file, [finding]);
    else list.push(finding);
  }
  const fixed = new Set<LintFinding>();
  for (const [file, findings] of byFile) {
    const path = resolve(cwd, file);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, edited(bytes, findings.flatMap((finding) => finding.edits ?? [])));
    for (const finding of findings) fixed.add(finding);
    tell(`Fixed ${findings.length} ${findings.length === 1 ? "finding" : "findings"} in ${file}`);
  }
  return fixed.size === 0
    ? report
    : { ...report, findings: report.findings.filter((finding) => !fixed.has(finding)) };
}

/** The bytes with the edits made; of overlapping ones the first. */
export function edited(bytes: Uint8Array, edits: readonly LintEdit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { span, text } of edits.toSorted((a, b) => a.span.startByte - b.span.startByte)) {
    if (span.startByte < at) continue;
    parts.push(bytes.subarray(at, span.startByte), new TextEncoder().encode(text));
    at = span.endByte;
  }
  parts.push(bytes.subarray(at));
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    result.set(part, length);
    length += part.length;
  }
  return result;
}
