/** The schema that `--schema FILE` gives: what its CREATE, ALTER and DROP statements leave. */

import { SchemaCatalogue } from "../risk/schema_catalogue.ts";
import type { SchemaFacts } from "../risk/schema_facts.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS } from "../sql/options.ts";
import { StatementReader } from "../sql/splitter/statement_reader.ts";

/** Reads a schema from SQL; what is no DDL is passed over. */
export function readSchema(bytes: Uint8Array): SchemaFacts {
  const options = { ...DEFAULT_SQL_OPTIONS, clientFile: true };
  const reader = new StatementReader(options);
  const schema = new SchemaCatalogue();
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    schema.apply(analyse(bytes, reader.tokens, options));
    if (reader.resumeAt >= bytes.length) break;
  }
  return schema;
}
