/** Ways to get a statement past those who read it otherwise than the server does: each has its effect when sent directly. */
import { bytes, lenencString, uint } from "./bytes.ts";
import { type Conversation, Conversation as Talk, executeCommand } from "./conversation.ts";
import type { Flavour } from "./installation.ts";
import { CAPABILITY } from "./packets.ts";
import { WireError } from "./wire_client.ts";

/**
 * One way. The schema `shop` has the tables `victim`, which nobody may empty, and `secrets`, which the policy denies.
 * Its effect: `victim` is empty or gone, or the secret comes back.
 */
export interface Evasion {
  readonly name: string;
  /** Servers that it works on; both where it is missing. */
  readonly on?: Flavour;
  readonly capabilities?: number;
  readonly collation?: number;
  /** Who logs in; `app` where it is missing. `guest`, with the same password, is under no rule for tables. */
  readonly user?: string;
  /** Current schema of the login; `shop` where it is missing. */
  readonly schema?: string;
  readonly run: (talk: Conversation) => Promise<unknown>;
}

const LAST = 0xffffffff;
const errorsIn = (payload: Uint8Array) => payload[0] === 0xff ? [new WireError(payload)] : [];
const prepareCommand = (sql: string) => bytes(0x16, sql);

/** A text that is one statement of its own. */
function text(sql: string | Uint8Array, on?: Flavour): Evasion {
  const shown = typeof sql === "string" ? sql : new TextDecoder("latin1").decode(sql);
  return {
    name: `text ${JSON.stringify(shown.length > 90 ? `${shown.slice(0, 90)}...` : shown)}`,
    run: (talk) => talk.send(sql),
    ...(on === undefined ? {} : { on }),
  };
}

/** Texts one after the other in one session. */
function texts(...sql: readonly string[]): Evasion {
  return { name: `texts ${JSON.stringify(sql)}`, run: (talk) => talk.send(...sql) };
}

function onMariadb(evasion: Evasion): Evasion {
  return { ...evasion, on: "mariadb" };
}

function onMysql(evasion: Evasion): Evasion {
  return { ...evasion, on: "mysql" };
}

const LEXER: readonly Evasion[] = [
  text("/*!DELETE FROM victim*/"),
  text("/*!50000DELETE*/ /*!50000FROM*/ victim"),
  text("/*!00000 DELETE FROM victim */", "mysql"),
  text("/*!080034 DELETE*/ FROM victim", "mysql"),
  text("DELETE FROM victim /*!99999 WHERE id = 1 */"),
  text("DELETE FROM victim /*!990000 WHERE id = 1 */"),
  text("DELETE FROM victim WHERE id = 1 /*!50000 OR /* c */ 1 */", "mysql"),
  text("/*M!100000 DELETE FROM victim */", "mariadb"),
  text("DELETE FROM victim /*M! WHERE id = 1 */", "mysql"),
  text("DELETE FROM victim /*!100100 WHERE id = 1 */", "mysql"),
  text("DELETE FROM victim /*!50701 WHERE id = 1 */", "mariadb"),
  text("DELETE FROM victim /*!120000 WHERE id = 1 */", "mariadb"),
  text("DELETE/**/FROM/**/victim"),
  text("DELETE\x0bFROM\x0cvictim"),
  text("-- SELECT 1\nDELETE FROM victim"),
  text("#SELECT 1\nDELETE FROM victim"),
  text("--\x01 SELECT 1\nDELETE FROM victim"),
  text("DELETE FROM victim -- \r WHERE id = 1"),
  text("DELETE FROM victim # \r WHERE id = 1"),
  text("DELETE FROM victim --\tWHERE id = 1"),
  text("DELETE FROM victim #WHERE id = 1"),
  text("DELETE FROM victim WHERE 1--1"),
  text("DELETE FROM victim\0"),
  text("dElEtE`victim`FROM`victim`"),
  text("DELETE FROM`victim`"),
  text("DELETE FROM shop 1.e.victim", "mysql"),
  text("SELECT 1.e(SELECT secret FROM secrets)", "mysql"),
  text("SELECT secret FROM shop 1.e.secrets", "mysql"),
  text("SELECT 1e0UNION SELECT secret FROM secrets"),
  text("SELECT 1.UNION SELECT secret FROM secrets"),
  text("SELECT(secret)FROM(secrets)"),
  text("SELECT`secret`FROM`secrets`"),
  text("SELECT{x secret}FROM secrets"),
  text("SELECT s.secret FROM {OJ secrets s LEFT JOIN victim v ON 1 = 0}"),
  text("SELECT+secret FROM secrets WHERE 0 UNION SELECT!0 UNION SELECT secret FROM secrets"),
  text("SELECT secret FROM shop . secrets"),
  text("SELECT secret FROM shop/**/./**/secrets"),
  {
    name: "16 MB of comment before it",
    run: (talk) =>
      talk.send(talk.query(bytes("/*", new Uint8Array(0xffffff).fill(97), "*/ DELETE FROM victim"))),
  },
  {
    name: "16 MB of comment within it",
    run: (talk) =>
      talk.send(talk.query(bytes("DELETE FROM victim /*", new Uint8Array(0xffffff).fill(97), "*/"))),
  },
  {
    name: "a payload of exactly 16 MB",
    run: (talk) =>
      talk.send(talk.query(bytes("DELETE FROM victim ", new Uint8Array(0xffffff - 20).fill(32)))),
  },
];

const STATEMENTS: readonly Evasion[] = [
  text("DELETE FROM victim"),
  text("DELETE FROM victim;"),
  text("-- querycop-ignore delete-without-where: it is fine\nDELETE FROM victim"),
  text("/* querycop-ignore D001: it is fine */ DELETE FROM victim"),
  text("/*vt+ ALLOW_SCATTER */ DELETE FROM victim"),
  text("DELETE victim FROM victim"),
  text("DELETE FROM victim USING victim"),
  text("DELETE v FROM victim v"),
  text("DELETE FROM v USING victim AS v"),
  text("DELETE QUICK IGNORE FROM victim"),
  text("DELETE LOW_PRIORITY victim.* FROM victim"),
  text("DELETE shop.victim FROM shop.victim"),
  text("DELETE v FROM victim v LEFT JOIN secrets s ON 1 = 1"),
  text("DELETE v FROM victim v, (SELECT 1) x"),
  text("WITH c AS (SELECT 1) DELETE FROM victim", "mysql"),
  text("WITH c AS (SELECT 1) DELETE victim FROM victim", "mysql"),
  text("DELETE FROM victim ORDER BY id"),
  text("DELETE FROM victim LIMIT 18446744073709551615"),
  text("DELETE FROM victim ORDER BY id LIMIT 1000000000"),
  text("DELETE /*+ NO_INDEX_MERGE(victim) */ FROM victim"),
  text("TRUNCATE victim"),
  text("TRUNCATE TABLE shop.victim"),
  text("DROP TABLE victim"),
  text("DROP TABLES IF EXISTS victim"),
  text("RENAME TABLE victim TO gone_1"),
  text("UPDATE victim SET name = 'x'"),
  text("UPDATE LOW_PRIORITY IGNORE victim SET name = ''"),
  text("UPDATE victim v, (SELECT 1) x SET v.name = 'x'"),
  text("WITH c AS (SELECT 'x' AS n) UPDATE victim, c SET name = n", "mysql"),
  texts("CREATE PROCEDURE gone_2() DELETE FROM victim", "CALL gone_2()"),
  texts(
    "CREATE TRIGGER gone_3 AFTER INSERT ON texts FOR EACH ROW DELETE FROM victim",
    "INSERT INTO texts VALUES (99, '')",
  ),
  text("TABLE secrets", "mysql"),
  text("(SELECT secret FROM secrets)"),
  text("((SELECT secret FROM secrets))"),
  text("SELECT * FROM (SELECT * FROM secrets) x"),
  text("WITH c AS (SELECT * FROM secrets) SELECT * FROM c"),
  text("VALUES ROW((SELECT secret FROM secrets))", "mysql"),
  text("VALUES ((SELECT secret FROM secrets))", "mariadb"),
  text("SELECT 1, 2 UNION ALL TABLE secrets", "mysql"),
  text("SELECT 1 WHERE 1 = 0 UNION SELECT secret FROM secrets"),
  texts("HANDLER secrets OPEN", "HANDLER secrets READ FIRST"),
  texts("HANDLER secrets OPEN AS h", "HANDLER h READ `PRIMARY` FIRST"),
  texts("SELECT secret FROM secrets INTO @v", "SELECT @v"),
  texts("DO (SELECT @v := secret FROM secrets)", "SELECT @v"),
  texts("SET @v = (SELECT secret FROM secrets)", "SELECT @v"),
  texts("CREATE OR REPLACE VIEW peep AS SELECT * FROM secrets", "SELECT * FROM peep"),
  texts("CREATE TEMPORARY TABLE peep AS SELECT * FROM secrets", "SELECT * FROM peep"),
  texts("INSERT INTO victim SELECT 1000 + id, secret FROM secrets", "SELECT name FROM victim"),
  texts("USE mysql", "SELECT secret FROM shop.secrets"),
  { ...texts("USE shop", "SELECT secret FROM secrets"), schema: "mysql" },
  {
    name: "a schema chosen by COM_INIT_DB",
    schema: "mysql",
    run: (talk) => talk.send(bytes(2, "shop"), "SELECT secret FROM secrets"),
  },
  {
    name: "a schema chosen by COM_INIT_DB, pipelined",
    schema: "mysql",
    run: (talk) => talk.pipeline(bytes(2, "shop"), talk.query("SELECT secret FROM secrets")),
  },
  {
    name: "a schema chosen in the same text",
    schema: "mysql",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("USE shop; SELECT secret FROM secrets"),
  },
  text("DELETE FROM victim RETURNING id", "mariadb"),
  text("ANALYZE DELETE FROM victim", "mariadb"),
  text("ANALYZE FORMAT=JSON DELETE FROM victim", "mariadb"),
  text("SET STATEMENT max_statement_time = 10 FOR DELETE FROM victim", "mariadb"),
  text("BEGIN NOT ATOMIC DELETE FROM victim; END", "mariadb"),
  text("IF 1 THEN DELETE FROM victim; END IF", "mariadb"),
  text("CREATE OR REPLACE TABLE victim (id INT)", "mariadb"),
  onMariadb(texts("SET sql_mode = ORACLE", "BEGIN DELETE FROM victim; END")),
  onMariadb(texts("SET sql_mode = ORACLE", "DECLARE x INT; BEGIN DELETE FROM victim; END")),
];

const EVERY_ROW: readonly Evasion[] = [
  "1",
  "TRUE",
  "id",
  "id = id",
  "1 < 2",
  "'a' = 'a'",
  "'' = 0",
  "NOT 0",
  "!0",
  "1 || 1",
  "id IN (id)",
  "id BETWEEN id AND id",
  "EXISTS (SELECT 1)",
  "COALESCE(1)",
  "name LIKE '%'",
  "id REGEXP '.'",
  "id ^ 0",
  "id DIV 1",
  "id = 1 OR id <> 1 OR TRUE",
  "id = 1 OR 1 = 1",
  `${"id = 1 OR (".repeat(400)}1 = 1${")".repeat(400)}`,
  "id = 1 OR 'x' LIKE 'x'",
  "'a' 'b' = 'ab'",
  "x'6162' = 'ab'",
  "_utf8mb4 0x6162 = _utf8mb4'ab'",
  "N'z' = 'z'",
  "(SELECT 1)",
  "CASE WHEN 1 THEN 1 END",
  "IF(1, 1, 0)",
  "1 IN (SELECT 1)",
  "id <=> id",
  "NOT id <> id",
].map((condition) => text(`DELETE FROM victim WHERE ${condition}`)).concat(
  ["@@version", "'' = 0"].map((condition) =>
    texts("SET sql_mode = ''", `DELETE FROM victim WHERE ${condition}`)
  ),
);

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

const STATE: readonly Evasion[] = [
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
      const id = Talk.statementId(await talk.send(prepareCommand("SET NAMES gbk")));
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
      await talk.send(executeCommand(Talk.statementId(reply)));
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
      const id = Talk.statementId(await talk.send(prepareCommand("SET sql_mode = ?")));
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
];

const PREPARED: readonly Evasion[] = [
  {
    name: "COM_STMT_PREPARE",
    run: async (talk) => {
      const id = Talk.statementId(await talk.send(prepareCommand("DELETE FROM victim")));
      await talk.send(executeCommand(id));
    },
  },
  {
    name: "COM_STMT_PREPARE and EXECUTE by a guessed id, pipelined",
    on: "mysql",
    run: (talk) => talk.pipeline(prepareCommand("DELETE FROM victim"), executeCommand(1)),
  },
  {
    name: "PREPARE and EXECUTE -1, pipelined",
    on: "mariadb",
    run: (talk) => talk.pipeline(prepareCommand("DELETE FROM victim"), executeCommand(LAST)),
  },
  {
    name: "a 16 MB PREPARE and EXECUTE -1, pipelined",
    on: "mariadb",
    run: (talk) =>
      talk.pipeline(
        bytes(0x16, "/*", new Uint8Array(0xffffff).fill(97), "*/ DELETE FROM victim"),
        executeCommand(LAST),
      ),
  },
  texts("PREPARE s FROM 'DELETE FROM victim'", "EXECUTE s"),
  texts('PREPARE s FROM "DELETE FROM victim"', "EXECUTE s"),
  texts("SET @x = 'DELETE FROM victim'", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 0x44454c4554452046524f4d2076696374696d", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = CONCAT('DEL', 'ETE FROM victim')", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @`x y` := REVERSE('mitciv MORF ETELED')", "PREPARE s FROM @`X Y`", "EXECUTE s"),
  texts("SELECT 'DELETE FROM victim' INTO @x", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SELECT @x := 'DELETE FROM victim'", "PREPARE s FROM @x", "EXECUTE s"),
  texts(
    "SET @x = 'SELECT 1'",
    "SELECT name FROM victim WHERE @x := 'DELETE FROM victim'",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  texts("SELECT body FROM texts WHERE id = 1 INTO @x", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = (SELECT body FROM texts WHERE id = 1)", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "CALL give_text(@x)", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "CALL set_text()", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "SELECT set_text_too()", "PREPARE s FROM @x", "EXECUTE s"),
  onMariadb(text("BEGIN NOT ATOMIC SET @x = 'DELETE FROM victim'; PREPARE s FROM @x; EXECUTE s; END")),
  texts(
    "CREATE PROCEDURE gone_2() BEGIN SET @x = 'DELETE FROM victim'; PREPARE s FROM @x; EXECUTE s; END",
    "CALL gone_2()",
  ),
  texts(
    "SET @x = 'SELECT 1'",
    "INSERT INTO texts SELECT 98, @x := 'DELETE FROM victim'",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  texts(
    "PREPARE s FROM 'SELECT 1'",
    "SET @x = 'DELETE FROM victim', @y = 2",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  {
    name: "a user variable filled by a prepared SELECT with a placeholder",
    run: async (talk) => {
      const id = Talk.statementId(await talk.send("SET @x = 'SELECT 1'", prepareCommand("SELECT ? INTO @x")));
      await talk.send(executeCommand(id, "DELETE FROM victim"), "PREPARE s FROM @x", "EXECUTE s");
    },
  },
  {
    name: "statements prepared in a text, run by the protocol's id of another",
    run: async (talk) => {
      const reply = await talk.send(prepareCommand("EXECUTE s"), "PREPARE s FROM 'DELETE FROM victim'");
      await talk.send("EXECUTE s", executeCommand(Talk.statementId(reply)));
    },
  },
  {
    name: "a user variable set by a prepared statement",
    run: async (talk) => {
      const id = Talk.statementId(await talk.send(prepareCommand("SET @x = ?")));
      await talk.send(executeCommand(id, "DELETE FROM victim"), "PREPARE s FROM @x", "EXECUTE s");
    },
  },
  {
    name: "a user variable set, prepared and run in one text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("SET @x = 'DELETE FROM victim'; PREPARE s FROM @x; EXECUTE s"),
  },
  {
    name: "a user variable set and prepared in a pipeline",
    run: (talk) =>
      talk.pipeline(
        talk.query("SET @x = 'SELECT 1'"),
        talk.query("SET @x = 'DELETE FROM victim'"),
        talk.query("PREPARE s FROM @x"),
        talk.query("EXECUTE s"),
      ),
  },
  onMysql(text("CALL sys.execute_prepared_stmt('DELETE FROM shop.victim')")),
  onMysql(text("CALL sys.execute_prepared_stmt(CONCAT('DELETE FROM',' shop.victim'))")),
  onMysql(texts("SET @q = 'DELETE FROM shop.victim'", "CALL sys.execute_prepared_stmt(@q)")),
  onMysql({
    name: "CALL sys.execute_prepared_stmt by the protocol",
    run: async (talk) => {
      const id = Talk.statementId(await talk.send(prepareCommand("CALL sys.execute_prepared_stmt(?)")));
      await talk.send(executeCommand(id, "DELETE FROM shop.victim"));
    },
  }),
  text("EXECUTE IMMEDIATE 'DELETE FROM victim'", "mariadb"),
  text("EXECUTE IMMEDIATE CONCAT('DELETE FROM', ' victim')", "mariadb"),
  onMariadb(texts("SET @x = 'DELETE FROM victim'", "EXECUTE IMMEDIATE @x")),
  onMariadb(texts("PREPARE s FROM CONCAT('DELETE FROM', ' victim')", "EXECUTE s")),
];

const WIRE: readonly Evasion[] = [
  {
    name: "query attributes, none of them",
    on: "mysql",
    capabilities: CAPABILITY.queryAttributes,
    run: (talk) => talk.send(bytes(3, 0, 1, "DELETE FROM victim")),
  },
  {
    name: "query attributes whose value looks like another statement",
    on: "mysql",
    capabilities: CAPABILITY.queryAttributes,
    run: (talk) =>
      talk.send(
        bytes(
          3,
          1,
          1,
          0,
          1,
          uint(0xfe, 2),
          lenencString("a"),
          lenencString("SELECT 1 -- "),
          "DELETE FROM victim",
        ),
      ),
  },
  {
    name: "several statements in one text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("SELECT 1; DELETE FROM victim"),
  },
  {
    name: "several statements in one text, an empty one first",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("/* nothing */ SELECT 1;\nDELETE FROM victim; SELECT 2"),
  },
  {
    name: "COM_SET_OPTION allows several statements",
    run: (talk) => talk.send(bytes(0x1b, 0, 0), "SELECT 1; DELETE FROM victim"),
  },
  {
    name: "COM_SET_OPTION allows several statements, pipelined",
    run: (talk) => talk.pipeline(bytes(0x1b, 0, 0), talk.query("SELECT 1; DELETE FROM victim")),
  },
  {
    name: "a change to a user whom the policy restricts",
    user: "guest",
    run: async (talk) => {
      await talk.client.changeUser({ port: 0, user: "app", password: "secret", schema: "shop" });
      await talk.send("SELECT secret FROM secrets");
    },
  },
  {
    name: "a login in quotes, which servers drop",
    user: "'app'",
    run: (talk) => talk.send("SELECT secret FROM secrets"),
  },
  {
    name: "a schema used by a text that fails behind it",
    schema: "mysql",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("USE shop; SELECT no_such_column", "SELECT secret FROM secrets"),
  },
  {
    name: "prepared before a change of user",
    user: "guest",
    run: async (talk) => {
      await talk.send("SET @x = 'SELECT secret FROM secrets'");
      await talk.client.changeUser({ port: 0, user: "app", password: "secret", schema: "mysql" });
      await talk.send("USE shop", "SELECT secret FROM secrets");
    },
  },
  {
    name: "a byte at a time",
    run: async (talk) => {
      const { socket } = talk.client;
      for (const byte of bytes(uint(19, 3), 0, talk.query("DELETE FROM victim"))) {
        await socket.write(Uint8Array.of(byte));
      }
      talk.errors.push(...(await socket.readPacket().then(({ payload }) => errorsIn(payload))));
    },
  },
  {
    name: "behind statements that pass, pipelined",
    run: (talk) =>
      talk.pipeline(talk.query("SELECT 1"), talk.query("DELETE FROM victim"), talk.query("SELECT 2")),
  },
];

/** Every way there is. */
export const EVASIONS: readonly Evasion[] = [
  ...LEXER,
  ...STATEMENTS,
  ...EVERY_ROW,
  ...STATE,
  ...PREPARED,
  ...WIRE,
];
