/** Rules over a folder of migrations: versions used twice or out of order, migrations without a way back. */

import { basename, dirname } from "node:path";
import type { DraftFinding } from "./collector.ts";
import { inputFinding } from "./input_findings.ts";
import { isDownFile, type LintInput } from "./inputs.ts";
import type { ScriptResult } from "./script.ts";
import type { FileSettings } from "./settings.ts";

/** The version a migration's file name begins with: golang-migrate, dbmate, goose, Flyway (V2_1__name.sql). */
export function migrationVersion(path: string): string | undefined {
  const match = /^[VU]?(\d+(?:[._]\d+)*)(?:__|[_.-])/i.exec(basename(path));
  return match?.[1]?.replaceAll(".", "_").replace(/^0+(?=\d)/, "");
}

/** Findings of M010 and M011 over all files of a run. */
export function checkMigrations(
  results: ReadonlyMap<LintInput, { readonly result: ScriptResult; readonly settings: FileSettings }>,
): DraftFinding[] {
  const findings: DraftFinding[] = [];
  const taken = new Map<string, string>();
  const downs = new Set(
    [...results.keys()].filter((input) => isDownFile(input.path)).map((input) => stemOf(input.path)),
  );
  for (const [input, { result, settings }] of results) {
    if (isDownFile(input.path)) continue;
    const say = (code: string, message: string) => {
      const finding = inputFinding(input.path, settings, { code, message });
      if (finding !== undefined) findings.push(finding);
    };
    const version = migrationVersion(input.path);
    if (version !== undefined) {
      const key = `${dirname(input.path)}\0${version}`;
      const other = taken.get(key);
      if (other !== undefined) say("M011", `Version ${version} is also that of ${basename(other)}`);
      else taken.set(key, input.path);
    }
    const isMigration = version !== undefined || result.sections.size > 1 || result.marked;
    if (isMigration && !result.sections.has("down") && !downs.has(stemOf(input.path))) {
      say("M010", "This migration has no way back");
    }
  }
  return findings;
}

/** The path without `.up.sql`, `.down.sql` and their like. */
function stemOf(path: string): string {
  return path.replace(/([._-](up|down|undo|rollback|revert))?\.sql$/i, "").replace(/(^|\/)[VU](?=\d)/, "$1");
}
