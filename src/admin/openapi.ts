import { ErrorSchema } from "../contract/problem.ts";
import * as z from "zod";
import type { Route } from "./route.ts";

type Json = Record<string, unknown>;

const ERROR = { $ref: "#/components/schemas/Error" };

/** The OpenAPI 3.1 document of the routes. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const schemas: Json = {};
  const describe = (schema: z.ZodType, io: "input" | "output") => jsonSchema(schema, io, schemas);
  describe(ErrorSchema, "output");
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const parameters = [...pathParameters(route), ...queryParameters(route, describe)];
    (paths[route.path] ??= {})[route.method.toLowerCase()] = {
      tags: [route.tag],
      summary: route.summary,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(route.body === undefined ? {} : {
        requestBody: {
          required: true,
          content: { "application/json": { schema: describe(route.body, "input") } },
        },
      }),
      ...(route.open ? { security: [] } : {}),
      responses: responsesOf(route, describe),
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "querycop admin API", version },
    security: [{ key: [] }, { login: [] }],
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "ADMIN_API_KEY" },
        login: {
          type: "apiKey",
          in: "cookie",
          name: "querycop_session",
          description: "From POST /v1/login; what it changes must come from the same origin",
        },
      },
      schemas,
    },
    paths,
  };
}

function responsesOf(route: Route, describe: (schema: z.ZodType, io: "output") => Json): Json {
  const common: Record<number, { readonly description: string }> = {
    500: { description: "A defect; the log says more" },
    429: { description: "Too many requests; Retry-After says when to come again" },
    ...(route.open ? {} : {
      401: { description: "The key is missing or wrong" },
      403: {
        description:
          "ADMIN_API_KEY is not set, so the admin API is off; or the request comes from another site",
      },
    }),
    ...(route.open ? {} : {
      503: {
        description: route.method === "GET"
          ? "The database or the workers cannot be reached now"
          : "The database or the workers cannot be reached now; or the audit cannot be written, and " +
            "GATEKEEPER_AUDIT_ON_FAILURE=refuse: nothing was done",
      },
    }),
    ...(route.body === undefined ? {} : {
      400: { description: "The body is not JSON" },
      408: { description: "The body came too slowly" },
      413: { description: "The body is longer than 1 MB" },
      415: { description: "The body is not said to be JSON" },
    }),
    ...(route.body === undefined && route.query === undefined ? {} : {
      422: { description: "Fields are wrong or unknown; `problems` lists them" },
    }),
  };
  const entries = Object.entries<Route["answers"][number]>({ ...common, ...route.answers });
  return Object.fromEntries(entries.map(([status, { description, schema, contentType }]) => {
    if (contentType !== undefined) return [status, { description, content: { [contentType]: {} } }];
    if (schema !== undefined) {
      return [status, {
        description,
        content: { "application/json": { schema: describe(schema, "output") } },
      }];
    }
    return [status, {
      description,
      ...(Number(status) >= 400 ? { content: { "application/json": { schema: ERROR } } } : {}),
    }];
  }));
}

function pathParameters(route: Route): Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(route: Route, describe: (schema: z.ZodType, io: "input") => Json): Json[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = describe(route.query, "input") as {
    readonly properties?: Record<string, Json>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

/** A schema in JSON Schema 2020-12, with those that have an id moved to the components. */
function jsonSchema(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const made = z.toJSONSchema(schema, { io, target: "draft-2020-12" }) as Json;
  const { $schema: _, $defs, ...rest } = made;
  for (const [id, definition] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
    const { id: __, ...bare } = definition;
    components[id] = rewritten(bare);
  }
  const id = schema.meta()?.id;
  // Zod moves some roots that have an id to the definitions by itself.
  if (id === undefined || rest.$ref !== undefined) return rewritten(rest) as Json;
  const { id: __, ...bare } = rest;
  components[id] = rewritten(bare);
  return { $ref: `#/components/schemas/${id}` };
}

function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$ref" && typeof inner === "string"
        ? inner.replace("#/$defs/", "#/components/schemas/")
        : rewritten(inner),
    ]),
  );
}
