import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../base/secret.ts";
import type { LoginSessions } from "./login_sessions.ts";

/** Name of the cookie that a login gives. */
export const COOKIE = "querycop_session";

/** Who a request comes from, or why it is not let in. */
export type Authorization = "bearer" | "cookie" | "missing" | "wrong" | "cross_site";

/** Whether a text is the key. Digests are compared, so that neither their first difference nor their lengths show. */
export function isKey(text: string, key: Secret): boolean {
  return timingSafeEqual(sha256(text), sha256(key.reveal()));
}

/**
 * Whether a request carries the key as `Authorization: Bearer KEY`, or the cookie of a login. A header decides alone:
 * who sends one means it. A cookie is sent by the browser whoever asks, so what it changes must come from our own page.
 */
export function authorize(request: Request, key: Secret, logins: LoginSessions): Authorization {
  const header = request.headers.get("authorization");
  if (header !== null) {
    const [, given] = /^Bearer +(\S+)\s*$/i.exec(header) ?? [];
    return isKey(given ?? "", key) && given !== undefined ? "bearer" : "wrong";
  }
  const token = cookieOf(request);
  if (token === undefined) return "missing";
  if (!logins.holds(token, hostOf(request))) return "wrong";
  const reads = request.method === "GET" || request.method === "HEAD";
  return reads
    ? (isCrossSite(request) ? "cross_site" : "cookie")
    : isSameOrigin(request)
    ? "cookie"
    : "cross_site";
}

/** The login's token that a request carries. */
export function cookieOf(request: Request): string | undefined {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = part.trim().split("=", 2);
    if (name === COOKIE && value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** The Host that a request was made to, lower case. */
export function hostOf(request: Request): string {
  return (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();
}

/** Whether the browser says that the request comes from our own page. What says nothing is not it. */
function isSameOrigin(request: Request): boolean {
  if (isCrossSite(request)) return false;
  return request.headers.has("sec-fetch-site") || request.headers.has("origin");
}

/** Whether the browser says that the request comes from elsewhere. */
export function isCrossSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  // `none` is a person who typed the address, which only ever reads.
  if (site !== null && site !== "same-origin" && !(site === "none" && request.method === "GET")) return true;
  const origin = request.headers.get("origin");
  if (origin === null) return false;
  const url = URL.parse(origin);
  return url === null || url.host.toLowerCase() !== hostOf(request);
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
