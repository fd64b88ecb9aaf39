import { createHash } from "node:crypto";
import type { LintFinding } from "./model.ts";

/** A finding's identity across runs: what a baseline and a code-quality service compare. */
export interface Fingerprint {
  /** 32 hex digits, unique within the findings given. */
  readonly id: string;
  /** 0-based: how many findings of the same path, rule and statement shape came before. */
  readonly ordinal: number;
}

/**
 * The fingerprints of findings in file order, unique among them. A fingerprint is made of path, rule, the statement's
 * digest and the ordinal among equals, so that it outlives moved lines and changed literals.
 */
export function fingerprintsOf(findings: readonly LintFinding[]): ReadonlyMap<LintFinding, Fingerprint> {
  const seen = new Map<string, number>();
  const fingerprints = new Map<LintFinding, Fingerprint>();
  for (const finding of findings) {
    const key = `${finding.file}\0${finding.code}\0${finding.statement.digestHash}`;
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    const id = createHash("sha256").update(`${key}\0${ordinal}`).digest("hex").slice(0, 32);
    fingerprints.set(finding, { id, ordinal });
  }
  return fingerprints;
}
