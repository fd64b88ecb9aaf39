import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { carriesKey } from "./authorize.ts";
import { refusal } from "./http.ts";
import { RateLimit } from "./rate_limit.ts";
import { findRoute, type RouteContext } from "./routes.ts";

/** Requests a second that one address may make of the routes that want the key. */
const REQUESTS_PER_SECOND = 10;
/** Longest body that is read. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface AdminOptions extends RouteContext {
  readonly host: string;
  readonly port: number;
  /** Without it only the open routes answer. */
  readonly key: Secret | undefined;
  readonly logger: Logger;
}

/** The running HTTP side. */
export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the HTTP side: health, metrics, and with a key the admin API. */
export function startAdminServer(options: AdminOptions): AdminServer {
  const limit = new RateLimit(REQUESTS_PER_SECOND, () => performance.now());
  const server = Deno.serve(
    {
      hostname: options.host,
      port: options.port,
      onListen: () => {},
      onError: (error) => {
        options.logger.error("admin request failed", { error });
        return refusal(500, "internal", "The request failed; the log says why");
      },
    },
    (request, { remoteAddr }) => answer(request, remoteAddr.hostname, options, limit),
  );
  return { port: server.addr.port, close: () => server.shutdown() };
}

/** Answers one request of an address. */
export async function answer(
  request: Request,
  address: string,
  options: Omit<AdminOptions, "host" | "port" | "logger">,
  limit: RateLimit,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const found = findRoute(request.method, pathname);
  if ("methods" in found) {
    if (found.methods.length === 0) {
      return refusal(404, "not_found", "There is no such route; /openapi.json lists them");
    }
    return refusal(405, "method_not_allowed", `This route takes ${found.methods.join(" and ")}`, {
      allow: found.methods.join(", "),
    });
  }
  const { route, parameters } = found;
  if (!route.open) {
    // Before the key is looked at, so that guessing it is slow.
    if (!limit.allow(address)) {
      return refusal(429, "too_many_requests", `At most ${REQUESTS_PER_SECOND} requests a second`, {
        "retry-after": "1",
      });
    }
    if (options.key === undefined) {
      return refusal(403, "admin_api_off", "Set ADMIN_API_KEY to use the admin API");
    }
    if (!carriesKey(request, options.key)) {
      return refusal(401, "unauthorized", "Send the key as Authorization: Bearer KEY", {
        "www-authenticate": "Bearer",
      });
    }
  }
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) {
    return refusal(413, "body_too_large", "The body is longer than 1 MB");
  }
  return await route.handle(options, parameters);
}
