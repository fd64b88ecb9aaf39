import { QuerycopError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { recordFirst } from "./audited.ts";
import { authorize, cookieOf, hostOf } from "./authorize.ts";
import { refusal, secured } from "./http.ts";
import type { RateLimit } from "./rate_limit.ts";
import { readJson } from "./read_body.ts";
import type { Route, RouteContext } from "./route.ts";
import { findRoute } from "./routes.ts";

/** What answering needs beside what the routes do. */
export interface AnswerContext extends RouteContext {
  /** Without it only the open routes answer. */
  readonly key: Secret | undefined;
  /** Requests of one address that are refused because the key is missing or wrong. */
  readonly apiLimit: RateLimit;
  /** Requests of one address to what is open. */
  readonly openLimit: RateLimit;
  readonly logger: Logger;
  /** Told of the status of each answer. */
  readonly onAnswer: (status: number) => void;
  /** How long a body may take, in ms; the usual where it is left out. */
  readonly bodyPatienceMs?: number;
}

/** Who asks with the key itself and gives no name. */
const BY_KEY = "api key";

/** Asked by those who decide whether this process lives, from few addresses: never refused for being asked often. */
const PROBES: readonly string[] = ["/healthz", "/readyz"];

/** Answers one request of an address. Never rejects. */
export async function answer(request: Request, address: string, context: AnswerContext): Promise<Response> {
  const url = new URL(request.url);
  const found = findRoute(request.method, url.pathname);
  let response: Response;
  try {
    response = "methods" in found
      ? noRoute(request.method, found.methods)
      : await answerRoute(request, address, url, found, context);
  } catch (error) {
    // The path as the route writes it: what was asked for may hold what a log must not.
    const path = "methods" in found ? "" : found.route.path;
    context.logger.error("admin request failed", { error, path });
    response = failed(error);
  }
  context.onAnswer(response.status);
  secured(response);
  if (request.method !== "HEAD") return response;
  await response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}

async function answerRoute(
  request: Request,
  address: string,
  url: URL,
  found: { readonly route: Route; readonly parameters: Readonly<Record<string, string>> },
  context: AnswerContext,
): Promise<Response> {
  const { route, parameters } = found;
  const isApi = route.path.startsWith("/v1/");
  if (!isApi && !PROBES.includes(route.path) && !context.openLimit.allow(address)) return tooMany();
  if (context.key === undefined && isApi) {
    return refusal(403, "admin_api_off", "Set ADMIN_API_KEY to use the admin API");
  }
  let actor = "";
  if (!route.open) {
    const who = authorized(request, context);
    // A good credential passes, whatever others at its address have tried: only failures are counted.
    if (typeof who === "object") return refuseUnauthorized(address, who.refused, context);
    actor = who;
  }
  let body: unknown;
  if (route.method !== "GET") {
    const read = await readJson(request, context.bodyPatienceMs);
    if ("refused" in read) return read.refused;
    body = read.value;
  }
  const query = Object.fromEntries(url.searchParams);
  const answered = route.handle(context, { raw: request, address, actor, path: parameters, query, body });
  if (!("problems" in answered)) return await answered;
  const { problems } = answered;
  const listed = problems.map(({ path, message }) => path === "" ? message : `${path}: ${message}`).join(
    "; ",
  );
  return refusal(422, "invalid_fields", listed.slice(0, 2000), { problems: problems.slice(0, 50) });
}

/** Who asks, or why they are not let in. */
function authorized(
  request: Request,
  { key, logins }: AnswerContext,
): string | { readonly refused: "missing" | "wrong" | "cross_site" } {
  const who = key === undefined ? "missing" : authorize(request, key, logins);
  switch (who) {
    case "bearer":
      return BY_KEY;
    case "cookie":
      return logins.nameOf(cookieOf(request) ?? "", hostOf(request)) ?? BY_KEY;
    case "missing":
    case "wrong":
    case "cross_site":
      return { refused: who };
  }
}

function refuseUnauthorized(
  address: string,
  why: "missing" | "wrong" | "cross_site",
  context: AnswerContext,
): Response {
  if (why === "wrong" && context.wrongKeys.allow(address)) {
    recordFirst(context, { address, actor: "" }, { type: "admin", action: "key_refused" });
  }
  if (!context.apiLimit.allow(address)) return tooMany();
  if (why === "cross_site") return refusal(403, "cross_site", "The request comes from another site");
  const message = why === "missing"
    ? "Send the key as Authorization: Bearer KEY, or log in"
    : "The key is wrong, or the login has ended";
  return refusal(401, "unauthorized", message, { headers: { "www-authenticate": "Bearer" } });
}

function tooMany(): Response {
  return refusal(429, "too_many_requests", "Too many requests from this address in a second", {
    headers: { "retry-after": "1" },
  });
}

/** What is answered when a request could not be carried out: with the reason only where it is one of our own. */
function failed(error: unknown): Response {
  const kind = error instanceof QuerycopError ? error.code.split(".", 1)[0] : undefined;
  if (kind === "store") {
    return refusal(
      503,
      "store_unavailable",
      "The database of audit and overrides cannot be used now; the log says why",
    );
  }
  if (kind === "connect") {
    return refusal(503, "workers_unavailable", "No worker answers now", { headers: { "retry-after": "1" } });
  }
  return refusal(500, "internal", "The request failed; the log says why");
}

function noRoute(method: string, methods: readonly string[]): Response {
  if (methods.length === 0) {
    return refusal(404, "not_found", "There is no such route; /openapi.json lists them");
  }
  const allow = [...new Set([...methods, "OPTIONS"])].join(", ");
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  return refusal(405, "method_not_allowed", `This route takes ${methods.join(" and ")}`, {
    headers: { allow },
  });
}
