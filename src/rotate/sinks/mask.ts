import { Buffer } from "node:buffer";
import type { Secret } from "../../base/secret.ts";

/** The text with every secret, also as JSON, URLs and Base64 write it, replaced with `***`. */
export function maskSecrets(text: string, secrets: readonly Secret[]): string {
  const forms = secrets.map((secret) => secret.reveal()).filter((value) => value !== "").flatMap(formsOf);
  // The longest first, or a form that holds another would be left in part.
  return forms.sort((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, "***"), text);
}

function formsOf(value: string): readonly string[] {
  return [
    ...new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value).toString("base64"),
      Buffer.from(value).toString("base64url"),
    ]),
  ];
}
