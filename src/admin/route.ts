import type { AuditEvent } from "../contract/audit.ts";
import type { FieldProblem } from "../contract/problem.ts";
import type { Stats } from "../contract/stats.ts";
import type * as z from "zod";
import type { Store } from "../store/store.ts";
import type { EventHub } from "./event_hub.ts";
import type { LoginSessions } from "./login_sessions.ts";
import type { AdminTotals, Metrics } from "./metrics.ts";
import type { ProcessView } from "./process_view.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { Readiness } from "./readiness.ts";

/** What the routes answer from. */
export interface RouteContext {
  readonly version: string;
  readonly view: ProcessView;
  readonly store: Store;
  /** Records what an administrator did; false where it could not be written. */
  readonly record: (event: AuditEvent) => boolean;
  /** Whether what cannot be recorded must not be done (GATEKEEPER_AUDIT_ON_FAILURE=refuse). */
  readonly refuseUnaudited: boolean;
  readonly newId: () => string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly metrics: Metrics;
  readonly adminTotals: () => AdminTotals;
  readonly ready: () => Promise<Readiness>;
  readonly stats: () => Promise<Stats>;
  readonly events: EventHub;
  readonly logins: LoginSessions;
  /** Wrong keys of an address that are recorded, and at login answered with more than 429. */
  readonly wrongKeys: RateLimit;
  /** Whether this text is ADMIN_API_KEY. */
  readonly isKey: (text: string) => boolean;
}

/** One request after all that routes have in common was checked. */
export interface RouteRequest<Query, Body> {
  readonly raw: Request;
  /** Address that it came from, without port. */
  readonly address: string;
  /** Who asks, as far as the credential says: the name that the login gave, or `api key`. */
  readonly actor: string;
  /** Parts of the path that vary. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** What an answer of one status is. */
export interface RouteAnswer {
  readonly description: string;
  /** Of its JSON; an Error for 400 and above where it is left out. */
  readonly schema?: z.ZodType;
  /** Where it is something else than JSON. */
  readonly contentType?: string;
}

/** One route. The OpenAPI document is made from these, so a route without words is no route. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{name}` for a part that varies. */
  readonly path: string;
  /** Whether it answers without the key. */
  readonly open: boolean;
  readonly tag: string;
  readonly summary: string;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  /** What the answer may be, by status, the refusals that every route has aside. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Reads query and body by their schemas and answers; or what is wrong with them. */
  readonly handle: (
    context: RouteContext,
    request: RouteRequest<unknown, unknown>,
  ) => Promise<Response> | { readonly problems: readonly FieldProblem[] };
}

/** Makes a route whose `handle` gets its query and body as their schemas say. */
export function route<
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  definition:
    & Omit<Route, "handle" | "open" | "query" | "body">
    & { readonly open?: boolean; readonly query?: Query; readonly body?: Body }
    & {
      readonly handle: (
        context: RouteContext,
        request: RouteRequest<Parsed<Query>, Parsed<Body>>,
      ) => Promise<Response> | Response;
    },
): Route {
  const { query, body, open = false, handle } = definition;
  return {
    ...definition,
    open,
    query,
    body,
    handle: (context, request) => {
      const problems: FieldProblem[] = [];
      const read = (schema: z.ZodType | undefined, value: unknown) => {
        if (schema === undefined) return undefined;
        const parsed = schema.safeParse(value);
        if (parsed.success) return parsed.data;
        problems.push(...problemsOf(parsed.error));
        return undefined;
      };
      const parsedQuery = read(query, request.query) as Parsed<Query>;
      const parsedBody = read(body, request.body) as Parsed<Body>;
      if (problems.length > 0) return { problems };
      return Promise.resolve(handle(context, { ...request, query: parsedQuery, body: parsedBody }));
    },
  };
}

type Parsed<Schema> = Schema extends z.ZodType<infer Output> ? Output : undefined;

/** Zod's complaints by field, each unknown one by its name. */
function problemsOf(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: path === "" ? key : `${path}.${key}`,
      message: "There is no such field",
    }));
  });
}
