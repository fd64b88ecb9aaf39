/** Character sets and SQL modes of the session under which a text is another. */
import { bytes } from "../bytes.ts";
import { Conversation, executeCommand } from "../conversation.ts";
import { CAPABILITY } from "../packets.ts";
import { type Evasion, onMariadb, onMysql, prepareCommand, texts } from "./evasion.ts";

/** Ends its string in gbk and sjis, goes on with it elsewhere. */
const gbk = bytes("DELETE FROM victim WHERE name = '", 0xbf, 0x5c, "' OR 1=1 -- '");
const sjis = bytes("DELETE FROM victim WHERE name = '", 0x95, 0x5c, "' OR 1=1 -- '");
/** The other way round. */
const notGbk = bytes("DELETE FROM victim WHERE name = '", 0xc2, 0x5c, "' AND id = 1 OR name > ' OR 1=1 -- '");
const backslash = "DELETE FROM victim WHERE name = 'a\\' OR 1=1 -- '";
const quotes = 'DELETE FROM victim WHERE "id" = id';

function charset(name: string, ...before: readonly string[]): Evasion {
  return { name, run: (talk) => talk.send(...before, talk.query(gbk)) };
}

function mode(name: string, ...before: readonly string[]): Evasion {
  return { name: `sql_mode: ${name}`, run: (talk) => talk.send(...before, backslash) };
}

function ansi(name: string, ...before: readonly string[]): Evasion {
  return { name: `sql_mode: ${name}`, run: (talk) => talk.send(...before, quotes) };
}

export const STATE: readonly Evasion[] = [
  charset("SET NAMES gbk", "SET NAMES gbk"),
  charset("SET CHARACTER SET gbk", "SET CHARACTER SET gbk"),
  charset("SET character_set_client", "SET @@session.character_set_client = gbk"),
  charset("SET NAMES in a comment that runs", "/*!40101 SET NAMES 'gbk' */"),
  charset("SET NAMES among others", "SET @a = 1, NAMES gbk"),
  charset("SET character_set_client from a variable", "SET @c = 'gbk'", "SET character_set_client = @c"),
  charset("SET character_set_client from an expression", "SET character_set_client = CONCAT('gb', 'k')"),
  charset("SET character_set_client by number", "SET character_set_client = 28"),
  charset("prepared SET NAMES", "PREPARE s FROM 'SET NAMES gbk'", "EXECUTE s"),
  {
    name: "SET NAMES prepared by the protocol",
    run: async (talk) => {
      const id = Conversation.statementId(await talk.send(prepareCommand("SET NAMES gbk")));
      await talk.send(executeCommand(id), talk.query(gbk));
    },
  },
  { name: "sjis", run: (talk) => talk.send("SET NAMES sjis", talk.query(sjis)) },
  { name: "cp932", run: (talk) => talk.send("SET NAMES cp932", talk.query(sjis)) },
  {
    name: "blanks of latin1",
    run: (talk) => talk.send("SET NAMES latin1", talk.query(bytes("DELETE", 0xa0, "FROM", 0xa0, "victim"))),
  },
  {
    name: "blanks of latin1 from the login",
    collation: 8,
    run: (talk) => talk.send(talk.query(bytes("DELETE", 0xa0, "FROM", 0xa0, "victim"))),
  },
  { name: "big5", run: (talk) => talk.send("SET NAMES big5", talk.query(gbk)) },
  {
    name: "gbk by CHAR SET",
    run: (talk) => talk.send("SET CHAR SET gbk", talk.query(gbk)),
  },
  { name: "gb18030", on: "mysql", run: (talk) => talk.send("SET NAMES gb18030", talk.query(gbk)) },
  {
    name: "gbk, prepared by the protocol",
    run: async (talk) => {
      const reply = await talk.send("SET NAMES gbk", bytes(0x16, gbk));
      await talk.send(executeCommand(Conversation.statementId(reply)));
    },
  },
  { name: "gbk from the login", collation: 28, run: (talk) => talk.send(talk.query(gbk)) },
  { name: "sjis from the login", collation: 13, run: (talk) => talk.send(talk.query(sjis)) },
  {
    name: "gbk from COM_CHANGE_USER",
    run: async (talk) => {
      await talk.client.changeUser({
        port: 0,
        user: "app",
        password: "secret",
        schema: "shop",
        collation: 28,
      });
      await talk.send(talk.query(gbk));
    },
  },
  {
    name: "gbk from COM_CHANGE_USER, by a collation without padding",
    on: "mariadb",
    run: async (talk) => {
      await talk.client.changeUser({
        port: 0,
        user: "app",
        password: "secret",
        schema: "shop",
        collation: 1052,
      });
      await talk.send(talk.query(gbk));
    },
  },
  {
    name: "gbk pipelined before it",
    run: (talk) => talk.pipeline(talk.query("SET NAMES gbk"), talk.query(gbk)),
  },
  {
    name: "gbk set in the same text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send(talk.query(bytes("SET NAMES gbk; SELECT 1")), talk.query(gbk)),
  },
  {
    name: "utf8mb4 again after COM_CHANGE_USER",
    collation: 28,
    run: async (talk) => {
      await talk.client.changeUser({
        port: 0,
        user: "app",
        password: "secret",
        schema: "shop",
        collation: 8,
      });
      await talk.send(talk.query(notGbk));
    },
  },
  {
    name: "utf8mb4 again after COM_RESET_CONNECTION",
    collation: 28,
    run: (talk) => talk.send(Uint8Array.of(0x1f), talk.query(notGbk)),
  },
  {
    name: "utf8mb4 again after COM_RESET_CONNECTION, pipelined",
    collation: 28,
    run: (talk) => talk.pipeline(Uint8Array.of(0x1f), talk.query(notGbk)),
  },
  mode("NO_BACKSLASH_ESCAPES", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'"),
  mode("in a comment that runs", "/*!40101 SET SQL_MODE='NO_BACKSLASH_ESCAPES' */"),
  mode("of the session by name", "SET @@LOCAL.sql_mode := 'no_backslash_escapes'"),
  mode("by number", "SET sql_mode = 1048576"),
  mode("from a variable", "SET @m = 'NO_BACKSLASH_ESCAPES'", "SET sql_mode = @m"),
  mode(
    "from a variable that a SELECT filled",
    "SELECT 'NO_BACKSLASH_ESCAPES' INTO @m",
    "SET SESSION sql_mode = @m",
  ),
  mode("from an expression", "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACK', 'SLASH_ESCAPES')"),
  mode("from a query", "SET sql_mode = (SELECT 'NO_BACKSLASH_ESCAPES')"),
  mode("prepared", "PREPARE s FROM 'SET sql_mode=''NO_BACKSLASH_ESCAPES'''", "EXECUTE s"),
  mode("from a procedure's parameter", "CALL give_mode(@m)", "SET sql_mode = @m"),
  mode("in a transaction that is rolled back", "BEGIN", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", "ROLLBACK"),
  onMariadb(ansi("by EXECUTE IMMEDIATE", "EXECUTE IMMEDIATE CONCAT('SET sql_mode = \"ANSI', '_QUOTES\"')")),
  ansi("ANSI_QUOTES", "SET sql_mode = 'ANSI_QUOTES'"),
  ansi("ANSI", "SET sql_mode = ansi"),
  {
    name: "sql_mode: the server's own default, after COM_RESET_CONNECTION",
    run: (talk) => talk.send("SET GLOBAL sql_mode = 'ANSI_QUOTES'", Uint8Array.of(0x1f), quotes),
  },
  ansi("ANSI_QUOTES by number", "SET sql_mode = 4"),
  ansi("ANSI_QUOTES from an expression", "SET sql_mode = CONCAT('ANSI', '_QUOTES')"),
  ansi("ANSI_QUOTES from a variable", "SET @m = CONCAT('ANSI', '_QUOTES')", "SET sql_mode = @m"),
  ansi(
    "ANSI_QUOTES prepared with a placeholder",
    "PREPARE s FROM 'SET sql_mode = ?'",
    "SET @m = 'ANSI_QUOTES'",
    "EXECUTE s USING @m",
  ),
  {
    name: "sql_mode: prepared by the protocol, with a placeholder",
    run: async (talk) => {
      const id = Conversation.statementId(await talk.send(prepareCommand("SET sql_mode = ?")));
      await talk.send(executeCommand(id, "ANSI_QUOTES"), quotes);
    },
  },
  {
    name: "sql_mode: prepared by the protocol, run by a guessed id, pipelined",
    on: "mysql",
    run: (talk) =>
      talk.pipeline(
        prepareCommand("SET sql_mode = 'ANSI_QUOTES'"),
        executeCommand(1),
        talk.query(quotes),
      ),
  },
  {
    name: "sql_mode: pipelined before it",
    run: (talk) => talk.pipeline(talk.query("SET sql_mode = 'ANSI_QUOTES'"), talk.query(quotes)),
  },
  {
    name: "sql_mode: set in the same text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send(`SET sql_mode = 'NO_BACKSLASH_ESCAPES'; ${backslash}`),
  },
  {
    name: "sql_mode: ANSI_QUOTES set in the same text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send(`SET sql_mode = 'ANSI_QUOTES'; ${quotes}`),
  },
  {
    name: "sql_mode: set back by COM_RESET_CONNECTION",
    run: (talk) =>
      talk.send(
        "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
        Uint8Array.of(0x1f),
        "DELETE FROM victim WHERE name = 'a\\' AND id = 1 OR name > ' OR 1=1 -- '",
      ),
  },
  onMariadb(
    ansi("SET STATEMENT", "SET STATEMENT max_statement_time = 5 FOR SET sql_mode = 'ANSI_QUOTES'"),
  ),
  texts("SET @x = 'SELECT 1'", "SET @y = (@x := 'DELETE FROM victim')", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'DELETE FROM victim'", "SET @x = 'SELECT 1', @y = @x", "PREPARE s FROM @y", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "SET @'\\x' = 'DELETE FROM victim'", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @e = 'SELECT 1'", "SET @E = 'DELETE FROM victim'", "PREPARE s FROM @e", "EXECUTE s"),
  texts(
    "SET @a = 'x'",
    "SET @x = REPLACE(@a, @a, 'DELETE FROM victim # $&')",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  onMysql(texts(
    "SET @x = CONCAT_WS('', 'DELETE FROM victim', (SELECT ' WHERE id = 1' LIMIT 0))",
    "PREPARE s FROM @x",
    "EXECUTE s",
  )),
  texts("SELECT @y := 'DELETE FROM victim', @y INTO @z, @x", "PREPARE s FROM @x", "EXECUTE s"),
  ansi(
    "a mode put in another's place",
    "SET sql_mode = 'STRICT_TRANS_TABLES'",
    "SET sql_mode = REPLACE(@@sql_mode, 'STRICT_TRANS_TABLES', 'ANSI_QUOTES')",
  ),
  onMariadb(
    texts(
      "SET STATEMENT sql_mode = 'NO_BACKSLASH_ESCAPES' FOR CREATE PROCEDURE gone_2() " +
        "BEGIN SELECT 'a\\'; DELETE FROM victim; -- '; \n END",
      "CALL gone_2()",
    ),
  ),
  {
    name: "a byte that cp852 alone has for white space, behind two dashes",
    run: (talk) =>
      talk.send(
        "SET character_set_client = cp852",
        talk.query(bytes("DELETE FROM victim --", 0xff, " WHERE id = 1")),
      ),
  },
  {
    name: "a byte that cp1250 alone has for a control character, behind two dashes",
    run: (talk) =>
      talk.send(
        "SET character_set_client = cp1250",
        talk.query(bytes("DELETE FROM victim --", 0x81, " WHERE id = 1")),
      ),
  },
];
