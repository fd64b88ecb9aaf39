/** What we think of a session's settings after SET statements, against the server's own variables. */
import assert from "node:assert/strict";
import mysql, { type RowDataPacket } from "mysql2/promise";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { SessionSettings } from "../../src/sql/session/settings.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";
import { SESSION_STATEMENTS } from "../support/session_statements.ts";

Deno.test("sql_mode and character set are followed through any order of SET statements", async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.createUser({ name: "app", password: "secret" });
  const connection = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: "app",
    password: "secret",
    charset: "utf8mb4",
    flags: ["-IGNORE_SPACE"],
  });
  try {
    const settings = new SessionSettings({
      serverVersion: server.version,
      collation: 45,
      ignoreSpace: false,
    });
    const random = new Random(3);
    const done: string[] = [];
    for (let turn = 0; turn < 400; turn++) {
      const sql = random.pick(SESSION_STATEMENTS);
      done.push(sql);
      // Where double quotes make names, a text in them is none the server takes.
      if (!await connection.query(sql).then(() => true, () => false)) continue;
      const bytes = new TextEncoder().encode(sql);
      const statement = analyse(bytes, tokenize(bytes, settings.options), settings.options);
      assert.equal(statement.kind, "set", sql);
      if (statement.kind === "set") settings.applySet(statement.items);
      const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT @@sql_mode AS mode, CAST(@@character_set_client AS CHAR) AS charset",
      );
      const { mode, charset } = rows[0] as { mode: string; charset: string };
      if (settings.uncertain) continue;
      const modes = new Set(mode.split(","));
      const { options } = settings;
      assert.deepEqual(
        {
          ansiQuotes: options.ansiQuotes,
          noBackslashEscapes: options.noBackslashEscapes,
          pipesAsConcat: options.pipesAsConcat,
          ignoreSpace: options.ignoreSpace,
          highNotPrecedence: options.highNotPrecedence,
          charset: options.charset,
        },
        {
          ansiQuotes: modes.has("ANSI_QUOTES"),
          noBackslashEscapes: modes.has("NO_BACKSLASH_ESCAPES"),
          pipesAsConcat: modes.has("PIPES_AS_CONCAT"),
          ignoreSpace: modes.has("IGNORE_SPACE"),
          highNotPrecedence: modes.has("HIGH_NOT_PRECEDENCE"),
          charset,
        },
        done.slice(-5).join("; "),
      );
    }
  } finally {
    await connection.end();
  }
});
