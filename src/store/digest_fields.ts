import type { DigestRow } from "./store.ts";

const TEXTS = ["digest", "role", "sql", "kind"] as const;
const NUMBERS = [
  "score",
  "count",
  "refused",
  "errors",
  "rows",
  "affectedRows",
  "bytes",
  "totalMs",
  "maxMs",
  "firstSeen",
  "lastSeen",
] as const;
/** Those of them that may have a fraction. */
const FRACTIONS: readonly string[] = ["score", "totalMs", "maxMs"];

/** A row out of parsed JSON; `undefined` where it is none, or nothing that the table takes. */
export function readDigestRow(value: unknown): DigestRow | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const row = value as Readonly<Record<string, unknown>>;
  if (!TEXTS.every((name) => typeof row[name] === "string")) return undefined;
  const areNumbers = NUMBERS.every((name) =>
    FRACTIONS.includes(name) ? Number.isFinite(row[name]) : Number.isSafeInteger(row[name])
  );
  if (!areNumbers || !isListOf(row.rules, "string") || !isListOf(row.latency, "number")) return undefined;
  return value as DigestRow;
}

function isListOf(value: unknown, type: "string" | "number"): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}
