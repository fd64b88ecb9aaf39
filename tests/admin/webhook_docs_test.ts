import assert from "node:assert/strict";
import { signature } from "../../src/admin/webhook.ts";
import { holdMessage } from "../../src/admin/webhook_message.ts";
import { Secret } from "../../src/base/secret.ts";
import { heldStatement } from "../support/memory_admin.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/admin-api.md", import.meta.url));

function block(language: string): string {
  return new RegExp("```" + language + "\n([^]*?)```").exec(PAGE)?.[1] ??
    assert.fail(`no ${language} in the page`);
}

Deno.test("the receiver's check in the documentation takes our signatures and nothing else", async () => {
  const source = `import { Buffer } from "node:buffer";\n${block("js")}`;
  const module = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const check = module.isFromQuerycop as (
    headers: Headers,
    body: string,
    secret: string,
    now: number,
  ) => boolean;
  const body = '{"event":"hold"}';
  const headers = (timestamp: string, mac: string) =>
    new Headers({ "x-querycop-timestamp": timestamp, "x-querycop-signature": mac });
  const good = signature(new Secret("key"), "1000", body);
  assert.equal(check(headers("1000", good), body, "key", 1010), true);
  assert.equal(check(headers("1000", good), body + " ", "key", 1010), false);
  assert.equal(check(headers("1001", good), body, "key", 1010), false);
  assert.equal(check(headers("1000", good), body, "other", 1010), false);
  assert.equal(check(headers("1000", good), body, "key", 1301), false);
  assert.equal(check(new Headers(), body, "key", 1010), false);
});

Deno.test("the message in the documentation has the fields that messages have", () => {
  const made = holdMessage(heldStatement("01H"), { showSql: true, dashboard: undefined });
  assert.deepEqual(Object.keys(JSON.parse(block("json"))), Object.keys(made));
});
