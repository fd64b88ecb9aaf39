/** Rules over a folder of migrations: versions used twice or out of order, migrations without a way back. */

import { basename, dirname } from "node:path";
import type { DraftFinding } from "./collector.ts";
import { inputFinding } from "./input_findings.ts";
import type { LintInput } from "./inputs.ts";
import { migrationVersion, stemOf } from "./migration_names.ts";
import type { ScriptResult } from "./script.ts";
import type { FileSettings } from "./settings.ts";

/** What one input of a run gave. */
export interface LintedFile {
  readonly result: ScriptResult;
  readonly settings: FileSettings;
  /** It takes a migration back. */
  readonly down: boolean;
}

/** Findings of M010 and M011 over all files of a run. */
export function checkMigrations(
  results: ReadonlyMap<LintInput, LintedFile>,
): DraftFinding[] {
  const findings: DraftFinding[] = [];
  const taken = new Map<string, string>();
  const downs = new Set(
    [...results].filter(([, { down }]) => down).map(([input]) => stemOf(input.path)),
  );
  for (const [input, { result, settings, down }] of results) {
    if (down) continue;
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
