/** Clients of the admin port that ask nothing, or half of it, cost nothing for long and keep nobody out. */
import assert from "node:assert/strict";
import { type HttpServer, serveHttp } from "../../src/admin/http_server.ts";

const encoder = new TextEncoder();

function serve(options: { readonly mostConnections: number; readonly headPatienceMs: number }): HttpServer {
  return serveHttp({
    host: "127.0.0.1",
    port: 0,
    writePatienceMs: 200,
    ...options,
    answer: async (request) => {
      if (new URL(request.url).pathname === "/endless") return new Response(endless());
      return new Response(`${request.method} ${await request.text()}`, {
        headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]],
      });
    },
    onAcceptFailed: () => {},
  });
}

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)) });
}

async function connect(port: number, text = ""): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  if (text !== "") await conn.write(encoder.encode(text));
  return conn;
}

/** What comes until the other side closes. */
async function readAll(conn: Deno.Conn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65536);
  while (true) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) return text;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

const HEAD = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

Deno.test("a client that says nothing or half a request is closed and counted, and so is one that stays after its answer", async () => {
  const server = serve({ mostConnections: 10, headPatienceMs: 100 });
  for (
    const [said, answered] of [["", 0], ["GET / HTTP/1.1\r\nHos", 0], [HEAD, 1], [HEAD + HEAD, 1]] as const
  ) {
    using client = await connect(server.port, said);
    const text = await readAll(client);
    assert.equal(text.match(/HTTP\/1.1 200/g)?.length ?? 0, answered, said);
  }
  assert.equal(server.connections().timedOut, 2);
  using _stays = await connect(server.port, HEAD);
  while (server.connections().open > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await server.close(0);
});

Deno.test("a client that reads nothing of an endless answer is closed", async () => {
  const server = serve({ mostConnections: 10, headPatienceMs: 60_000 });
  using _client = await connect(server.port, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
  while (server.connections().open === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  while (server.connections().open > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await server.close(0);
});

Deno.test("past the limit the client that has waited longest without asking makes room, and one that is answered does not", async () => {
  const server = serve({ mostConnections: 3, headPatienceMs: 60_000 });
  using busy = await connect(server.port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
  using half = await connect(server.port, "GET /");
  using silent = await connect(server.port);
  while (server.connections().open < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  for (let count = 0; count < 20; count++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { method: "POST", body: "x" });
    assert.equal(await response.text(), "POST x");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  }
  await busy.write(encoder.encode("cd"));
  assert.match(await readSome(busy), /POST abcd/);
  for (const client of [half, silent]) assert.equal(await readAll(client), "");
  assert.ok(server.connections().refused > 0);
  await server.close(0);
});

async function readSome(conn: Deno.Conn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(4096);
  while (!text.includes("abcd")) {
    const count = await conn.read(buffer);
    if (count === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text;
}

Deno.test("a malformed host, path, method and head get 400, and the server goes on", async () => {
  const server = serve({ mostConnections: 10, headPatienceMs: 1000 });
  for (
    const head of [
      "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
      "GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
      "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
      "nonsense\r\n\r\n",
    ]
  ) {
    using client = await connect(server.port, head);
    assert.match(await readAll(client), /^HTTP\/1\.1 400 /, head);
  }
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/`)).status, 200);
  await server.close(0);
});
