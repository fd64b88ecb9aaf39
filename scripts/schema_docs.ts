/** Writes docs/schemas from the schemas of what commands print: `deno run -R -W=docs scripts/schema_docs.ts`. */
import * as z from "zod";
import { lintConfigJsonSchema } from "../src/lint/config.ts";
import { PUBLISHED_SCHEMAS } from "../src/lint/report_schema.ts";

/** The files of docs/schemas by name, as they should be. */
export function renderSchemas(): ReadonlyMap<string, string> {
  const documents = Object.entries(PUBLISHED_SCHEMAS).map(([name, schema]): [string, object] => [
    name,
    z.toJSONSchema(schema),
  ]);
  const all: [string, object][] = [...documents, ["lint-config.v1.json", lintConfigJsonSchema()]];
  return new Map(all.map(([name, document]) => [name, `${JSON.stringify(document, null, 2)}\n`]));
}

if (import.meta.main) {
  Deno.mkdirSync("docs/schemas", { recursive: true });
  for (const [name, text] of renderSchemas()) Deno.writeTextFileSync(`docs/schemas/${name}`, text);
}
