import { fileKeyOf, keyEntries } from "./keys.ts";

/** JSON Schema (2020-12) of a configuration file. */
export function configSchema(): Readonly<Record<string, unknown>> {
  const properties = Object.fromEntries(
    keyEntries().map(([, definition]) => [
      fileKeyOf(definition),
      {
        ...definition.kind.json,
        description: `${definition.summary}. Environment: ${definition.env}`,
        ...(typeof definition.fallback === "string"
          ? { default: jsonOf(definition.fallback, definition.kind.json) }
          : {}),
      },
    ]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "querycop configuration",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Address of this schema, for editors" },
      ...properties,
    },
  };
}

function jsonOf(text: string, json: Readonly<Record<string, unknown>>): string | number {
  return json.type === "integer" || json.type === "number" ? Number(text) : text;
}
