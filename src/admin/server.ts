import type { Readiness } from "./readiness.ts";

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly ready: () => Promise<Readiness>;
}

/** The running HTTP side. */
export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the HTTP side: /healthz says the process is alive, /readyz that it can serve. */
export function startAdminServer(options: AdminOptions): AdminServer {
  const server = Deno.serve(
    {
      hostname: options.host,
      port: options.port,
      onListen: () => {},
      onError: () => json(500, { status: "error" }),
    },
    (request) => handle(request, options),
  );
  return { port: server.addr.port, close: () => server.shutdown() };
}

async function handle(request: Request, options: AdminOptions): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname !== "/healthz" && pathname !== "/readyz") {
    return json(404, { error: { code: "not_found", message: `No route ${pathname}` } });
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    const response = json(405, {
      error: { code: "method_not_allowed", message: `${pathname} is read with GET` },
    });
    response.headers.set("allow", "GET, HEAD");
    return response;
  }
  if (pathname === "/healthz") return json(200, { status: "ok", version: options.version });
  const { ready, detail } = await options.ready();
  return json(ready ? 200 : 503, { status: ready ? "ready" : "not_ready", detail });
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body) + "\n", {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
