import { json } from "./http.ts";
import { openApiDocument } from "./openapi.ts";
import { type Route, route } from "./route.ts";
import { APPROVAL_ROUTES } from "./routes/approvals.ts";
import { DASHBOARD_ROUTES } from "./routes/dashboard.ts";
import { HEALTH_ROUTES } from "./routes/health.ts";
import { HISTORY_ROUTES } from "./routes/history.ts";
import { LIVE_ROUTES } from "./routes/live.ts";
import { LOGIN_ROUTES } from "./routes/login.ts";
import { OVERRIDE_ROUTES } from "./routes/overrides.ts";
import { POLICY_ROUTES } from "./routes/policy.ts";
import { SESSION_ROUTES } from "./routes/sessions.ts";

const DESCRIPTION = route({
  method: "GET",
  path: "/openapi.json",
  open: true,
  tag: "Health",
  summary: "This description",
  answers: { 200: { description: "An OpenAPI 3.1 document", contentType: "application/json" } },
  handle: ({ version }) => json(200, openApiDocument(ROUTES, version)),
});

/** Every route there is. */
export const ROUTES: readonly Route[] = [
  ...HEALTH_ROUTES,
  DESCRIPTION,
  ...LOGIN_ROUTES,
  ...LIVE_ROUTES,
  ...SESSION_ROUTES,
  ...APPROVAL_ROUTES,
  ...OVERRIDE_ROUTES,
  ...POLICY_ROUTES,
  ...HISTORY_ROUTES,
  ...DASHBOARD_ROUTES,
];

/** The route for a request, with what its path's varying parts are; or which methods the path has. */
export function findRoute(
  method: string,
  pathname: string,
): { readonly route: Route; readonly parameters: Readonly<Record<string, string>> } | {
  readonly methods: readonly string[];
} {
  const methods: string[] = [];
  for (const route of ROUTES) {
    const parameters = matchPath(route.path, pathname);
    if (parameters === undefined) continue;
    if (route.method === method || (route.method === "GET" && method === "HEAD")) {
      return { route, parameters };
    }
    methods.push(...(route.method === "GET" ? ["GET", "HEAD"] : [route.method]));
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
