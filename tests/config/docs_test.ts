import assert from "node:assert/strict";
import { renderConfigDocs } from "../../scripts/config_docs.ts";

Deno.test("docs/configuration.md is what the table of keys says (deno task docs)", () => {
  assert.equal(Deno.readTextFileSync("docs/configuration.md"), renderConfigDocs());
});
