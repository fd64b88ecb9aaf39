import * as z from "zod";
import { COOKIE, cookieOf, hostOf, isCrossSite } from "../authorize.ts";
import { recordFirst } from "../audited.ts";
import { refusal } from "../http.ts";
import { by } from "../request_fields.ts";
import { LOGIN_LASTS_MS } from "../login_sessions.ts";
import { route } from "../route.ts";

const tag = "Login";

/** For browsers: the key once, then a cookie. */
export const LOGIN_ROUTES = [
  route({
    method: "POST",
    path: "/v1/login",
    open: true,
    tag,
    summary: "Give the key and get a cookie that stands for it, for 12 hours at most, in this browser only",
    body: z.strictObject({
      key: z.string().min(1).max(4096),
      by: by.describe("Who logs in: recorded with what the login does").optional(),
    }),
    answers: {
      204: { description: "Logged in" },
      401: { description: "The key is wrong" },
      403: { description: "The admin API is off, or the request comes from another site" },
    },
    handle: (context, request) => {
      const { raw, address, body } = request;
      if (isCrossSite(raw)) return crossSite();
      const { by: name = "dashboard" } = body;
      if (!context.isKey(body.key)) {
        if (!context.wrongKeys.allow(address)) {
          return refusal(429, "too_many_logins", "Too many wrong keys from this address; wait a minute", {
            headers: { "retry-after": "60" },
          });
        }
        recordFirst(context, { address, actor: name }, { type: "admin", action: "login_refused" });
        return refusal(401, "unauthorized", "The key is wrong");
      }
      const refused = recordFirst(context, { address, actor: name }, { type: "admin", action: "login" });
      if (refused !== undefined) return refused;
      const token = context.logins.open(hostOf(raw), name);
      return new Response(null, {
        status: 204,
        headers: { "set-cookie": cookie(raw, token, LOGIN_LASTS_MS / 1000) },
      });
    },
  }),
  route({
    method: "POST",
    path: "/v1/logout",
    open: true,
    tag,
    summary: "End the login of the cookie that is sent",
    answers: {
      204: { description: "Logged out, or never in" },
      403: { description: "The request comes from another site" },
    },
    handle: (context, { raw, address }) => {
      if (isCrossSite(raw)) return crossSite();
      const token = cookieOf(raw);
      const actor = token === undefined ? undefined : context.logins.nameOf(token, hostOf(raw));
      if (token !== undefined) context.logins.close(token);
      if (actor !== undefined) recordFirst(context, { address, actor }, { type: "admin", action: "logout" });
      return new Response(null, { status: 204, headers: { "set-cookie": cookie(raw, "", 0) } });
    },
  }),
];

function cookie(request: Request, token: string, seconds: number): string {
  const https = request.headers.get("x-forwarded-proto")?.split(",", 1)[0]?.trim().toLowerCase() === "https";
  return `${COOKIE}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${
    https ? "; Secure" : ""
  }`;
}

function crossSite(): Response {
  return refusal(403, "cross_site", "The request comes from another site");
}
