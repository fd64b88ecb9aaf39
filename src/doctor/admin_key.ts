import type { Secret } from "../base/secret.ts";

const LEAST_LENGTH = 16;
/** What people write while they try things out. */
const USUAL =
  /^(change.?me|secret|password|passw0rd|admin|administrator|querycop|gatekeeper|test|example|default|token|key|api.?key|your.*|my.*|x+|1234567890|0123456789)+[-_.!\d]*$/i;

/** Why an ADMIN_API_KEY is easy to guess, a clause; `undefined` where nothing speaks against it. */
export function weaknessOf(key: Secret): string | undefined {
  const text = key.reveal();
  if (USUAL.test(text.replace(/[-_ ]/g, "")) || USUAL.test(text)) return "looks like a default";
  if (text.length < LEAST_LENGTH) return `has ${text.length} characters; ${LEAST_LENGTH} are the least`;
  if (new Set(text).size < 6) return "repeats a few characters";
  return undefined;
}
