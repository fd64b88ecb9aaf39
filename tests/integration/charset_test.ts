/** The table of what bytes beyond ASCII are to the lexer, held to a real server for every character set of one byte a character. */
import assert from "node:assert/strict";
import { highByteKinds, SINGLE_BYTE_CHARSETS } from "../../src/sql/lexer/single_byte.ts";
import { charsetOf, charsetOfCollation } from "../../src/sql/session/charset.ts";
import { bytes } from "../support/bytes.ts";
import { Conversation } from "../support/conversation.ts";
import { startServer } from "../support/servers.ts";

Deno.test("every byte of every single-byte character set is a letter, white space or a control character as MySQL has it", async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.createUser({ name: "app", password: "secret" });
  using talk = await Conversation.open({ port: server.port, user: "app", password: "secret" });
  const takes = async (...parts: (string | Uint8Array)[]) => {
    const { errors } = await talk.send(bytes(0x03, ...parts));
    return errors.length === 0;
  };
  const sets = (await server.sql("SELECT character_set_name FROM information_schema.character_sets"))
    .map(([name]) => name!).filter((name) => SINGLE_BYTE_CHARSETS.some((known) => known === charsetOf(name)));
  assert.ok(sets.length >= SINGLE_BYTE_CHARSETS.length);
  for (const name of sets) {
    assert.ok(await takes(`SET character_set_client = ${name}`));
    const charset = SINGLE_BYTE_CHARSETS.find((known) => known === charsetOf(name))!;
    const wrong: string[] = [];
    for (const [index, expected] of highByteKinds(charset).entries()) {
      const byte = Uint8Array.of(0x80 + index);
      const kind = await takes("SELECT 1 AS a", byte, "b")
        ? "letter"
        : await takes("SELECT 1", byte, "AS x")
        ? "space"
        : await takes("SELECT 1 --", byte, "AS x")
        ? "control"
        : "other";
      if (kind !== expected) wrong.push(`${name} 0x${byte[0]!.toString(16)}: ${kind}, not ${expected}`);
    }
    assert.deepEqual(wrong, []);
  }
});

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`a login's collation gives the character set that ${flavour} has it in`, async () => {
    await using server = await startServer({ flavour });
    const rows = await server.sql(
      "SELECT id, character_set_name FROM information_schema.collations WHERE id IS NOT NULL AND id < 1000",
    );
    for (const [id, name] of rows) {
      // Clients cannot speak those of several bytes for ASCII.
      if (/^(ucs2|utf16|utf16le|utf32)$/.test(name!)) continue;
      assert.equal(charsetOfCollation(Number(id)), charsetOf(name!), `${id} ${name}`);
    }
  });
}
