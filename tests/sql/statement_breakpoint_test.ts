import assert from "node:assert/strict";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";

/** The kinds of a text's statements. */
function kindsOf(sql: string, clientFile: boolean): string[] {
  const bytes = new TextEncoder().encode(sql);
  const options = { ...DEFAULT_SQL_OPTIONS, clientFile };
  const reader = new StatementReader(options);
  const kinds: string[] = [];
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    kinds.push(analyse(bytes, reader.tokens, options).kind);
    if (reader.resumeAt >= bytes.length) break;
  }
  return kinds;
}

const FILE =
  "CREATE TABLE a (id INT);--> statement-breakpoint\nDROP TABLE b;\n--> statement-breakpoint\nSELECT 1;";

Deno.test("a migration tool's statement breakpoints hide no statement of a file", () => {
  assert.deepEqual(kindsOf(FILE, true), ["create-table", "drop-table", "select"]);
});

Deno.test("a server takes no such line for a comment", () => {
  assert.deepEqual(kindsOf(FILE, false), ["create-table", "unknown", "unknown"]);
});
