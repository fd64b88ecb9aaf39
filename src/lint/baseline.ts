/** A baseline: findings that were there when it was written and do not count since. */

import { ConfigError } from "../base/errors.ts";
import type { LintFinding } from "./model.ts";

const SCHEMA = "querycop.baseline/1";

/** How many findings of a rule there may be in statements of one digest. */
export class Baseline {
  readonly #left: Map<string, number>;

  constructor(counts: ReadonlyMap<string, number>) {
    this.#left = new Map(counts);
  }

  /** Whether a finding is in the baseline; each entry takes as many findings as it counted. */
  takes(code: string, digestHash: string): boolean {
    const key = `${code} ${digestHash}`;
    const left = this.#left.get(key) ?? 0;
    if (left === 0) return false;
    this.#left.set(key, left - 1);
    return true;
  }

  /** Findings that the baseline knows and that are no longer there. */
  get unused(): number {
    return [...this.#left.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** Reads a baseline file. `name` is for messages. */
export function parseBaseline(text: string, name: string): Baseline {
  const counts = new Map<string, number>();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw broken(name, "it is not JSON", cause);
  }
  if (!isRecord(document) || document["schema"] !== SCHEMA || !Array.isArray(document["findings"])) {
    throw broken(name, `it does not say "schema": "${SCHEMA}"`);
  }
  for (const entry of document["findings"]) {
    if (!isRecord(entry)) throw broken(name, "an entry is no object");
    const { rule, digest, count } = entry;
    if (typeof rule !== "string" || typeof digest !== "string" || !Number.isSafeInteger(count)) {
      throw broken(name, "an entry lacks its rule, digest or count");
    }
    counts.set(`${rule} ${digest}`, Number(count));
  }
  return new Baseline(counts);
}

/** The text of a baseline that takes the findings given; suppressed ones are left out. Sorted, for small diffs. */
export function formatBaseline(findings: readonly LintFinding[]): string {
  const entries = new Map<string, { rule: string; digest: string; count: number; example: string }>();
  for (const finding of findings) {
    if (finding.suppressed?.kind === "inline") continue;
    const key = `${finding.code} ${finding.statement.digestHash}`;
    const entry = entries.get(key);
    if (entry === undefined) {
      const { code, statement, file, span } = finding;
      entries.set(key, {
        rule: code,
        digest: statement.digestHash,
        count: 1,
        example: `${file}:${span.start.line}`,
      });
    } else entry.count++;
  }
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return `${JSON.stringify({ schema: SCHEMA, findings: sorted }, null, 2)}\n`;
}

function broken(name: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(name, `Cannot use the baseline ${name}: ${why}`, {
    hint: "Write it anew with --write-baseline",
    cause,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
