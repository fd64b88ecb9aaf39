/** `--fix`: writes the replacements of findings that are certain to keep the statement's meaning. */

import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import { counts, type LintEdit, type LintFinding, type LintReport } from "./model.ts";

/** What may be written. */
export interface FixOptions {
  /** Paths, as reports name them, of the files that were read from disk as SQL. */
  readonly files: ReadonlySet<string>;
  readonly tell: (text: string) => void;
}

/** Applies the edits of the findings that count, file by file; the report that is left has those findings no more. */
export async function applyFixes(
  report: LintReport,
  cwd: string,
  { files, tell }: FixOptions,
): Promise<LintReport> {
  const byFile = new Map<string, LintFinding[]>();
  for (const finding of report.findings) {
    if (finding.edits === undefined || !files.has(finding.file) || !counts(report, finding)) continue;
    const list = byFile.get(finding.file);
    if (list === undefined) byFile.set(finding.file, [finding]);
    else list.push(finding);
  }
  const fixed = new Set<LintFinding>();
  for (const [file, findings] of byFile) {
    const path = resolve(cwd, file);
    const bytes = await Deno.readFile(path);
    // Places in a UTF-16 file are those of its decoded text.
    if (bytes[0] === 0xff && bytes[1] === 0xfe || bytes[0] === 0xfe && bytes[1] === 0xff) continue;
    try {
      await Deno.writeFile(path, edited(bytes, findings.flatMap((finding) => finding.edits ?? [])));
    } catch (error) {
      throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`, {
        hint: "Make it writable",
        cause: error,
      });
    }
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
