import assert from "node:assert/strict";
import { requestHttp } from "../../src/net/http_request.ts";

Deno.test("a request to this machine keeps its key from the proxy of HTTP_PROXY, and NO_PROXY keeps what it had", async () => {
  const seen: string[] = [];
  const serve = (name: string) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      seen.push(`${name} ${request.headers.get("authorization")}`);
      return new Response(name);
    });
  await using proxy = serve("proxy");
  await using api = serve("api");
  const before = { HTTP_PROXY: Deno.env.get("HTTP_PROXY"), NO_PROXY: Deno.env.get("NO_PROXY") };
  try {
    Deno.env.set("HTTP_PROXY", `http://127.0.0.1:${proxy.addr.port}`);
    Deno.env.set("NO_PROXY", "db.example.com");
    const { body } = await requestHttp({
      url: `http://127.0.0.1:${api.addr.port}/`,
      method: "GET",
      headers: { authorization: "id:secret" },
      signal: AbortSignal.timeout(5000),
    });
    assert.equal(body, "api");
    assert.deepEqual(seen, ["api id:secret"]);
    assert.ok(Deno.env.get("NO_PROXY")?.split(",").includes("db.example.com"));
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});
