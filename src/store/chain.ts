import type { AuditEvent } from "../contract/audit.ts";
import { createHash } from "node:crypto";

/** What the first record names as the hash before it. */
export const NO_HASH = "0".repeat(64);

/** A place in the chain: a record's number and its hash; 0 and zeros before the first. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

/** Hash of a record: SHA-256 over the 64 digits of the one before and the event's canonical JSON, in hexadecimal. */
export function chainHash(previous: string, canonical: string): string {
  return createHash("sha256").update(previous + canonical).digest("hex");
}

/** The event as it is hashed: JSON with sorted names, no white space and nothing undefined (RFC 8785). */
export function canonicalJson(event: AuditEvent | Readonly<Record<string, unknown>>): string {
  return canonical(event);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const object = value as Readonly<Record<string, unknown>>;
  let text = "";
  for (const name of Object.keys(object).sort()) {
    if (object[name] === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonical(object[name])}`;
  }
  return `{${text}}`;
}
