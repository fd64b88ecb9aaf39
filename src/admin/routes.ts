import { dashboardFile } from "./dashboard/mod.ts";
import { json, refusal } from "./http.ts";
import type { Metrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import type { ProcessView } from "./process_view.ts";
import type { Readiness } from "./readiness.ts";

/** What the routes answer from. */
export interface RouteContext {
  readonly version: string;
  readonly view: ProcessView;
  readonly metrics: Metrics;
  readonly ready: () => Promise<Readiness>;
}

/** One route. The OpenAPI document is made from these, so a route without words is no route. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{name}` for a part that varies. */
  readonly path: string;
  /** Whether the key has to be shown. */
  readonly open: boolean;
  readonly summary: string;
  /** What the answer may be, by status, the refusals that every route has aside. */
  readonly answers: Readonly<Record<number, string>>;
  readonly handle: (context: RouteContext, parameters: Readonly<Record<string, string>>) => Promise<Response>;
}

/** Every route there is. */
export const ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/healthz",
    open: true,
    summary: "Whether the process is alive",
    answers: { 200: "It is" },
    handle: ({ version }) => Promise.resolve(json(200, { status: "ok", version })),
  },
  {
    method: "GET",
    path: "/readyz",
    open: true,
    summary: "Whether it can serve: the backend answers with TLS as configured, and no drain is under way",
    answers: { 200: "It can", 503: "It cannot; `detail` says why" },
    handle: async ({ ready }) => {
      const state = await ready();
      return json(state.ready ? 200 : 503, {
        status: state.ready ? "ready" : "not_ready",
        detail: state.detail,
      });
    },
  },
  {
    method: "GET",
    path: "/metrics",
    open: true,
    summary: "Metrics in Prometheus' text format",
    answers: { 200: "The metrics" },
    handle: async ({ metrics, view }) =>
      new Response(await metrics.text(await view.snapshot()), {
        headers: { "content-type": metrics.contentType },
      }),
  },
  {
    method: "GET",
    path: "/openapi.json",
    open: true,
    summary: "This description",
    answers: { 200: "An OpenAPI 3.1 document" },
    handle: ({ version }) => Promise.resolve(json(200, openApiDocument(ROUTES, version))),
  },
  {
    method: "GET",
    path: "/",
    open: true,
    summary: "The dashboard, for people; it asks for the key",
    answers: { 200: "A page" },
    handle: () => dashboardFile("index.html"),
  },
  {
    method: "GET",
    path: "/assets/{name}",
    open: true,
    summary: "A file of the dashboard",
    answers: { 200: "The file", 404: "There is no such file" },
    handle: (_context, { name = "" }) => dashboardFile(name),
  },
  {
    method: "GET",
    path: "/v1/sessions",
    open: false,
    summary: "Who is connected: user, schema, client, TLS of each leg, state, bytes, age",
    answers: { 200: "The sessions" },
    handle: async ({ view }) => json(200, { sessions: (await view.snapshot()).sessions }),
  },
  {
    method: "DELETE",
    path: "/v1/sessions/{id}",
    open: false,
    summary: "End one session",
    answers: { 200: "It is ended", 404: "No session has this id" },
    handle: async ({ view }, { id = "" }) =>
      await view.endSession(id)
        ? json(200, { ended: id })
        : refusal(404, "session_not_found", "No session has this id: it may have ended by itself"),
  },
  {
    method: "POST",
    path: "/v1/drain",
    open: false,
    summary: "Stop accepting clients and end once running statements and transactions have finished",
    answers: { 202: "The drain has begun" },
    handle: ({ view }) => {
      view.drain();
      return Promise.resolve(json(202, { status: "draining" }));
    },
  },
];

/** The route for a request, with what its path's varying parts are; or which methods the path has. */
export function findRoute(
  method: string,
  pathname: string,
): { readonly route: Route; readonly parameters: Readonly<Record<string, string>> } | {
  readonly methods: string[];
} {
  const methods: string[] = [];
  for (const route of ROUTES) {
    const parameters = matchPath(route.path, pathname);
    if (parameters === undefined) continue;
    if (route.method === method || (route.method === "GET" && method === "HEAD")) {
      return { route, parameters };
    }
    methods.push(route.method);
  }
  return { methods };
}

function matchPath(pattern: string, pathname: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = pathname.split("/");
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] as string;
    if (!part.startsWith("{")) {
      if (part !== text) return undefined;
    } else {
      try {
        parameters[part.slice(1, -1)] = decodeURIComponent(text);
      } catch {
        return undefined; // A stray percent sign names nothing.
      }
    }
  }
  return parameters;
}
