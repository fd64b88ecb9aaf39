import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../base/secret.ts";

/**
 * Whether a request carries the key as `Authorization: Bearer KEY`. Digests of the two are compared, so that neither
 * their first difference nor their lengths show in the time it takes.
 */
export function carriesKey(request: Request, key: Secret): boolean {
  const [, given] = /^Bearer +(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return timingSafeEqual(digest(given ?? ""), digest(key.reveal())) && given !== undefined;
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
