import type { Route } from "./routes.ts";

const ERROR = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: { code: { type: "string" }, message: { type: "string" } },
    },
  },
};

/** The OpenAPI 3.1 document of the routes. */
export function openApiDocument(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
    const refusals = route.open ? { 429: "Too many requests" } : {
      401: "The key is missing or wrong",
      403: "ADMIN_API_KEY is not set, so the admin API is off",
      429: "Too many requests",
    };
    const responses = Object.fromEntries(
      Object.entries({ ...route.answers, ...refusals }).map(([status, description]) => [status, {
        description,
        ...(Number(status) >= 400 && status !== "503"
          ? { content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } }
          : {}),
      }]),
    );
    (paths[route.path] ??= {})[route.method.toLowerCase()] = {
      summary: route.summary,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(route.open ? { security: [] } : {}),
      responses,
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "querycop admin API", version },
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "ADMIN_API_KEY" } },
      schemas: { Error: ERROR },
    },
    paths,
  };
}
