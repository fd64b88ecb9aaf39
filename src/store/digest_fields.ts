import type { DigestRow } from "../contract/digest.ts";

const TEXTS = ["digest", "role", "sql", "kind"] as const;
const NUMBERS = [
  "score",
  "count",
  "refused",
  "errors",
  "rows",
  "affected_rows",
  "bytes",
  "total_ms",
  "max_ms",
  "first_seen",
  "last_seen",
] as const;
/** Those of them that may have a fraction. */
const FRACTIONS: readonly string[] = ["score", "total_ms", "max_ms"];

/** Names in the journals of earlier versions. */
const FORMER_NAMES: Readonly<Record<string, keyof DigestRow>> = {
  affectedRows: "affected_rows",
  totalMs: "total_ms",
  maxMs: "max_ms",
  firstSeen: "first_seen",
  lastSeen: "last_seen",
};

/** A row out of parsed JSON; `undefined` where it is none, or nothing that the table takes. */
export function readDigestRow(value: unknown): DigestRow | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const row = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [FORMER_NAMES[name] ?? name, inner]),
  ) as Readonly<Record<string, unknown>>;
  if (!TEXTS.every((name) => typeof row[name] === "string")) return undefined;
  const areNumbers = NUMBERS.every((name) =>
    FRACTIONS.includes(name) ? Number.isFinite(row[name]) : Number.isSafeInteger(row[name])
  );
  if (!areNumbers || !isListOf(row.rules, "string") || !isListOf(row.latency, "number")) return undefined;
  return row as object as DigestRow;
}

function isListOf(value: unknown, type: "string" | "number"): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}
