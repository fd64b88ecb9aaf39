import assert from "node:assert/strict";

Deno.test("compile does not wait for ever for a base runtime that nobody sends", async () => {
  // Takes connections and says nothing, as a network does that drops what it does not like.
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) held.push(connection);
  })();
  const output = "dist/limited/querycop";
  try {
    const proxy = `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "compile", `--output=${output}`, "--limit=2"],
      env: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: "", no_proxy: "" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    // A machine that has the base runtime already has nothing to wait for.
    if (!said.includes(": compiled, ")) {
      assert.match(
        said,
        /cannot be downloaded \(no answer within 2 s\), so this is a self-extracting file; /,
      );
      assert.match(said, /limited\/querycop: self-extracting, \d+ MB/);
    }
    assert.match(said, /querycop --version: \d+ ms the first time, \d+ ms after that/);
  } finally {
    silent.close();
    for (const connection of held) connection.close();
    await accepting;
    await Deno.remove("dist/limited", { recursive: true });
  }
});
