import assert from "node:assert/strict";
import fc from "fast-check";
import { SessionGate } from "../../src/gate/session_gate.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { SessionSettings } from "../../src/sql/session/settings.ts";
import type { Gate } from "../../src/gate/gate.ts";
import { SESSION_STATEMENTS } from "../support/session_statements.ts";
import { gateOf, messageOf, outcomeOf, policyOf, runOf, ScriptedSession } from "./_gate.ts";

/** The gate's own view of a session's settings. */
function settingsOf(session: ScriptedSession): SessionSettings {
  const { judge } = session;
  assert.ok(judge instanceof SessionGate);
  return judge.state.settings;
}

/** Runs texts in a new session. */
function sessionAfter(gate: Gate, ...texts: string[]): ScriptedSession {
  const session = new ScriptedSession(gate);
  for (const text of texts) session.run(text);
  return session;
}

Deno.test("after any SETs, one text or many, succeeding or not, texts are read as a fresh session with those that succeeded would", () => {
  using made = gateOf({ mode: "monitor" });
  const step = fc.record({ sql: fc.constantFrom(...SESSION_STATEMENTS), fails: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, prepared) => {
      const session = new ScriptedSession(made.gate, { serverVersion: "8.4.0" });
      const expected = new SessionSettings({ serverVersion: "8.4.0", collation: 45, ignoreSpace: false });
      for (const { sql, fails } of steps) {
        const bytes = new TextEncoder().encode(sql);
        const statement = analyse(bytes, tokenize(bytes, expected.options), expected.options);
        const assigns = statement.kind === "set" && statement.items.some(({ target }) => target === "user");
        // Of a SET that fails nothing holds, but that user variables before the mistake may have been assigned.
        const failing = fails && !assigns;
        if (statement.kind === "set" && !failing) expected.applySet(statement.items);
        let decision = session.ask(sql, prepared ? "prepare" : "query");
        assert.ok(decision.action === "allow");
        if (prepared) decision = runOf(decision);
        assert.ok(decision.action === "allow");
        const noEscapes = expected.options.noBackslashEscapes;
        session.view.status = noEscapes ? 0x202 : 2;
        const result = failing ? "error" : "ok";
        decision.done?.(outcomeOf({ result, status: session.view.status }));
        if (prepared && failing) return; // A prepared SET that fails leaves doubt.
        expected.applyStatus(session.view.status);
        assert.equal(settingsOf(session).uncertain, expected.uncertain, sql);
        if (!expected.uncertain) assert.equal(settingsOf(session).options, expected.options, sql);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("a text is read under the settings that its own statements before it have made", () => {
  using made = gateOf();
  // A string that hides the rest; under ANSI_QUOTES a name, an end, and a deletion.
  const hidden = 'SELECT "\\"; DELETE FROM t; -- "';
  assert.equal(sessionAfter(made.gate).run(hidden), "allow");
  assert.equal(sessionAfter(made.gate).run(`SET sql_mode = 'ANSI_QUOTES'; ${hidden}`), "refuse");
  assert.equal(sessionAfter(made.gate, "SET sql_mode = 'ANSI_QUOTES'").run(hidden), "refuse");
  assert.equal(
    sessionAfter(made.gate, "SET sql_mode = 'ANSI_QUOTES'", "SET sql_mode = ''").run(hidden),
    "allow",
  );
});

Deno.test("where settings are in doubt, a text is read every way and the worst counts", () => {
  using made = gateOf();
  const hidden = 'SELECT "\\"; DELETE FROM t; -- "';
  for (
    const doubt of [
      "SET sql_mode = @unknown",
      "SET sql_mode = (SELECT mode FROM modes)",
      "EXECUTE IMMEDIATE 'SET sql_mode = ?'",
    ]
  ) {
    const session = new ScriptedSession(made.gate, { serverVersion: "11.4.2-MariaDB" });
    assert.equal(session.run(doubt), "allow", doubt);
    assert.equal(session.run(hidden), "refuse", doubt);
    assert.equal(
      session.run("SELECT 'it''s' FROM t WHERE id = 1"),
      "allow",
      "what all read alike is no worse for it",
    );
    session.run("SET sql_mode = ''");
    assert.equal(session.run(hidden), "allow", "until it is set to what can be told");
  }
  assert.equal(sessionAfter(made.gate).run(`SET sql_mode = @unknown; ${hidden}`), "refuse");
});

Deno.test("a prepared SET with a placeholder leaves doubt, one with a value is followed", () => {
  using made = gateOf();
  const hidden = 'SELECT "\\"; DELETE FROM t; -- "';
  for (
    const [sql, expected] of [["SET sql_mode = ?", "refuse"], ["SET sql_mode = 'ANSI'", "refuse"], [
      "SET sql_mode = ''",
      "allow",
    ]]
  ) {
    const session = new ScriptedSession(made.gate);
    const prepare = session.ask(sql ?? "", "prepare");
    assert.ok(prepare.action === "allow");
    const run = runOf(prepare);
    assert.ok(run.action === "allow" && run.barrier === true);
    run.done?.(outcomeOf());
    assert.equal(session.run(hidden), expected, sql);
  }
});

Deno.test("what changes reading is waited for, everything else is not", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (
    const sql of [
      "SET NAMES gbk",
      "SET sql_mode = ''",
      "USE a",
      "SET @x = 1",
      "CALL p()",
      "EXECUTE s",
      "SELECT 1; USE b",
    ]
  ) {
    const decision = session.ask(sql);
    assert.ok(decision.action === "allow" && decision.barrier === true, sql);
  }
  for (
    const sql of [
      "SELECT 1",
      "SET autocommit = 0",
      "BEGIN",
      "UPDATE t SET a = 1 WHERE id = 1",
      "SET GLOBAL max_connections = 9",
    ]
  ) {
    const decision = session.ask(sql);
    assert.ok(decision.action === "allow" && decision.barrier === undefined, sql);
  }
});

Deno.test("the character set is followed, by SET, session tracking, reset and change of user", () => {
  using made = gateOf();
  // In gbk bf 5c is one character, so the string ends and a deletion follows; elsewhere the quote is escaped.
  const hidden = Uint8Array.from([...bytesOf("SELECT '"), 0xbf, 0x5c, ...bytesOf("'; DELETE FROM t -- '")]);
  const session = new ScriptedSession(made.gate);
  assert.equal(session.run(hidden), "allow");
  session.run("SELECT 1", { tracked: [{ kind: "variable", name: "character_set_client", value: "gbk" }] });
  assert.equal(session.run(hidden), "refuse");
  const reset = session.ask("", "reset_connection");
  assert.ok(reset.action === "allow");
  reset.done?.(outcomeOf());
  assert.equal(session.run(hidden), "allow");
  session.view.collation = 28;
  session.judge.userChanged();
  assert.equal(session.run(hidden), "refuse");
  // Who knows what a routine has set: bytes beyond ASCII are read every way.
  const called = sessionAfter(made.gate, "CALL p()");
  assert.equal(called.run(hidden), "refuse");
  assert.equal(called.run("SELECT 'caf\u00e9' FROM t WHERE id = 1"), "allow");
});

Deno.test("a dump leaves no doubt of the character set, whose variables it saves and sets back around each table", () => {
  using made = gateOf();
  const session = sessionAfter(
    made.gate,
    "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;",
    "/*!50503 SET NAMES utf8mb4 */;",
    "/*!40101 SET @saved_cs_client = @@character_set_client */;",
    "/*!50503 SET character_set_client = utf8mb4 */;",
    "CREATE TABLE t (id int NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB;",
    "/*!40101 SET character_set_client = @saved_cs_client */;",
  );
  assert.equal(settingsOf(session).uncertain, false);
  assert.equal(settingsOf(session).options.charset, "utf8mb4");
  session.run("INSERT INTO t VALUES (1)");
  session.run("/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;");
  assert.equal(settingsOf(session).uncertain, true, "a trigger may have assigned it");
  const gbk = sessionAfter(made.gate, "SET @c = 'gbk'", "SET character_set_client = @c");
  assert.equal(settingsOf(gbk).options.charset, "gbk");
});

Deno.test("a text in a user variable is judged where it is known, and refused where it is not", () => {
  using made = gateOf();
  const cases: readonly (readonly [texts: readonly string[], last: string])[] = [
    [["SET @q = 'DELETE FROM t'", "PREPARE s FROM @q"], "refuse"],
    [["SET @q = 'SELECT 1'", "PREPARE s FROM @q"], "allow"],
    [["SET @q = 0x44454c4554452046524f4d2074", "PREPARE s FROM @q"], "refuse"],
    [["SET @a = 'DELETE ', @b = 'FROM t', @q = CONCAT(@a, @b)", "PREPARE s FROM @q"], "refuse"],
    [["SET @a = 'SEL'", "SET @q = CONCAT(@a, 'ECT 1')", "PREPARE s FROM @q"], "allow"],
    [["SELECT 'DELETE FROM t' INTO @q", "PREPARE s FROM @q"], "refuse"],
    [["SELECT 'SELECT 1' INTO @q", "PREPARE s FROM @q"], "allow"],
    [["SELECT @q := 'SELECT 1'", "PREPARE s FROM @q"], "allow"],
    [["SET @q = 'SELECT 1'; PREPARE s FROM @q; EXECUTE s"], "allow"],
    [["SET @q = 'DELETE FROM t'; PREPARE s FROM @q; EXECUTE s"], "refuse"],
    [["PREPARE s FROM @q"], "refuse"],
    [["SET @q = (SELECT q FROM queries)", "PREPARE s FROM @q"], "refuse"],
    [["SELECT q FROM queries INTO @q", "PREPARE s FROM @q"], "refuse"],
    // Anything that runs code of the server's may have assigned it since.
    [["SET @q = 'SELECT 1'", "CALL p()", "PREPARE s FROM @q"], "refuse"],
    [["SET @q = 'SELECT 1'", "SELECT stored_function()", "PREPARE s FROM @q"], "refuse"],
    [["SET @q = 'SELECT 1'", "INSERT INTO has_a_trigger VALUES (1)", "PREPARE s FROM @q"], "refuse"],
    [["SET @q = 'SELECT 1'", "SELECT a FROM a_view WHERE id = 1", "PREPARE s FROM @q"], "refuse"],
    [["SET @q = 'SELECT 1'", "EXECUTE other", "PREPARE s FROM @q"], "refuse"],
    [["SET @q = 'SELECT 1'", "SELECT @q := a FROM t WHERE id = 1", "PREPARE s FROM @q"], "refuse"],
    [
      ["SET @q = 'SELECT 1'", "SELECT IF(RAND() > 1, @q := 'DELETE FROM t', 1)", "PREPARE s FROM @q"],
      "refuse",
    ],
    [["SET @q = 'SELECT 1'", "BEGIN", "COMMIT", "PREPARE s FROM @q"], "allow"],
    // Texts within texts.
    [["CALL sys.execute_prepared_stmt(CONCAT('DE', 'LETE FROM t'))"], "refuse"],
    [["SET @q = 'DELETE FROM t'", "CALL sys.execute_prepared_stmt(@q)"], "refuse"],
    [["SET @q = 'SELECT 1'", "CALL sys.execute_prepared_stmt(@q)"], "allow"],
    [["USE sys", "CALL execute_prepared_stmt(@unknown)"], "refuse"],
    [["SET @q = 'CALL sys.execute_prepared_stmt(@q)'", "PREPARE s FROM @q"], "refuse"],
    [["PREPARE s FROM 'CALL sys.execute_prepared_stmt(\"DELETE FROM t\")'"], "refuse"],
    [["EXECUTE IMMEDIATE 'DELETE FROM t'"], "refuse"],
    [["SET @q = 'DELETE FROM t'", "EXECUTE IMMEDIATE @q"], "refuse"],
    [["EXECUTE IMMEDIATE @unknown"], "refuse"],
    [["CREATE PROCEDURE p(q TEXT) BEGIN SET @q = q; PREPARE s FROM @q; EXECUTE s; END"], "refuse"],
    [["BEGIN NOT ATOMIC DELETE FROM t; END"], "refuse"],
  ];
  for (const [texts, last] of cases) {
    const session = new ScriptedSession(made.gate, { serverVersion: "11.4.2-MariaDB" });
    let action = "";
    for (const text of texts) action = session.run(text);
    assert.equal(action, last, texts.join(" / "));
  }
});

Deno.test("a prepared statement that runs a text is refused unless its text is a literal: variables change before it runs", () => {
  using made = gateOf();
  const session = sessionAfter(made.gate, "SET @q = 'SELECT 1'");
  for (const sql of ["CALL sys.execute_prepared_stmt(@q)", "CALL sys.execute_prepared_stmt(?)"]) {
    assert.equal(session.ask(sql, "prepare").action, "refuse", sql);
  }
  assert.equal(session.ask("CALL sys.execute_prepared_stmt('SELECT 1')", "prepare").action, "allow");
});

Deno.test("an assignment that the server has refused is not counted on", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  session.run("SET @q = 'DELETE FROM t'");
  session.run("SET @q = 'SELECT 1', @z = (SELECT 1 UNION SELECT 2)", { result: "error" });
  assert.equal(session.run("PREPARE s FROM @q"), "refuse");
  session.run("SET @q = 'SELECT 1'");
  assert.equal(session.run("PREPARE s FROM @q"), "allow");
});

Deno.test("what an unknown text may do is allowed by name in a policy", () => {
  using made = gateOf({ definition: { allow: ["unknown-dynamic-text"] } });
  assert.equal(sessionAfter(made.gate).run("PREPARE s FROM @q"), "allow");
});

Deno.test("a session remembers few variables of bounded length, and forgets rather than keeps a stale one", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  session.run("SET @q = 'SELECT 1'");
  for (let index = 0; index < 200; index++) session.run(`SET @v${index} = 'x'`);
  assert.equal(session.run("PREPARE s FROM @q"), "allow");
  session.run("SET @q = 'DELETE FROM t'");
  assert.equal(session.run("PREPARE s FROM @q"), "refuse");
  const long = new ScriptedSession(made.gate);
  long.run("SET @q = 'SELECT 1'");
  long.run(`SET @q = 'DELETE FROM t -- ${"x".repeat(20_000)}'`);
  assert.equal(long.run("PREPARE s FROM @q"), "refuse");
});

Deno.test("settings in doubt again and again are refused rather than read for ever", () => {
  using made = gateOf();
  const text = "SET sql_mode = @a; ".repeat(6) + "SELECT 1";
  const session = new ScriptedSession(made.gate);
  assert.match(messageOf(session.ask(text)), /too many ways to read/);
  session.run("SET sql_mode = @unknown");
  assert.equal(session.run(`SELECT ${" ".repeat(1_000_000)}1`), "allow");
  assert.match(messageOf(session.ask(`SELECT ${" ".repeat(50_000_000)}1`)), /too many ways to read/);
});

Deno.test("any bytes in any session end in a decision", () => {
  using made = gateOf();
  const words = fc.constantFrom(
    "SET sql_mode = @a",
    "PREPARE s FROM",
    "'",
    '"',
    "`",
    "\\",
    "@q",
    ";",
    "CALL",
    "EXECUTE IMMEDIATE",
    "SET NAMES gbk",
    "/*!",
    "*/",
    "INTO @q",
    "SELECT 'x'",
    "USE a",
  );
  fc.assert(
    fc.property(fc.array(fc.array(words, { maxLength: 12 }), { maxLength: 4 }), (texts) => {
      const session = new ScriptedSession(made.gate);
      for (const text of texts) session.run(text.join(" "));
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(made.logged, []);
});

Deno.test("servers of another kind or version are judged by rules of their own", () => {
  using made = gateOf();
  const vitess = new ScriptedSession(made.gate, { serverVersion: "8.0.40-Vitess" });
  const mysql = new ScriptedSession(made.gate, { serverVersion: "8.0.40" });
  const target = (session: ScriptedSession) => {
    session.run("SELECT 1");
    const { judge } = session;
    assert.ok(judge instanceof SessionGate && judge.state.judge instanceof TextJudge);
    return judge.state.judge;
  };
  assert.notEqual(target(vitess), target(mysql));
  assert.equal(target(mysql), target(new ScriptedSession(made.gate, { serverVersion: "8.0.40" })));
  made.gate.setPolicy({ policy: policyOf({ risk: { ignore: ["D001"] } }) });
  assert.equal(mysql.run("DELETE FROM t"), "allow", "a new policy reaches sessions that are open");
});

function bytesOf(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

Deno.test("names are looked up in the schema that the session is in, however it got there", () => {
  using made = gateOf();
  const sql = "UPDATE user SET authentication_string = '' WHERE User = 'root'";
  const inShop = new ScriptedSession(made.gate);
  assert.equal(inShop.run(sql), "allow");
  assert.equal(new ScriptedSession(made.gate, { schema: "mysql" }).run(sql), "refuse");
  assert.equal(sessionAfter(made.gate, "USE `MySQL`").run(sql), "refuse");
  assert.equal(inShop.run(`USE mysql; ${sql}`), "refuse");
  assert.equal(inShop.run(sql), "allow");
  inShop.view.schema = "mysql"; // COM_INIT_DB
  assert.equal(inShop.run(sql), "refuse");
  assert.equal(inShop.ask(sql, "prepare").action, "refuse");
  assert.equal(inShop.run(`CREATE PROCEDURE shop.p() ${sql}`), "allow");
  assert.equal(new ScriptedSession(made.gate).run(`CREATE PROCEDURE mysql.p() ${sql}`), "refuse");
  // A text that used several schemas and failed somewhere leaves the session in any of them.
  const unsure = new ScriptedSession(made.gate);
  assert.equal(unsure.run("USE mysql; USE shop", { result: "error" }), "allow");
  assert.equal(unsure.run(sql), "refuse");
});

Deno.test("dynamic SQL runs only texts that are known as the server knows them", () => {
  const mariadb = { serverVersion: "11.4.2-MariaDB" };
  for (
    const assignment of [
      "SET @y = (@x := 'DELETE FROM t')",
      "SET @x = 'DELETE FROM t', @z = (@x := 'SELECT 1')",
      "SET @`x ` = 'DELETE FROM t'",
      "SET @'\\x' = 'DELETE FROM t'",
      "SET @\"X\" = 'DELETE FROM t'",
      "SET @x = REPLACE('a', 'a', 'DELETE FROM t # $&')",
      "SET @x = REPLACE('DELETE FROM t WHERE id = 1', ' WHERE id = 1', '')",
      "SET @x = CONCAT_WS('', 'DELETE FROM t', (SELECT ' WHERE id = 1' LIMIT 0))",
      "SET @x = CONCAT_WS('', 'DELETE FROM t', NULL, (SELECT ' WHERE id = 1' FROM t WHERE 0))",
      "SET @x = _ucs2 0x00530045004C004500430054",
      "SET @x = _ucs2'DELETE FROM t'",
      "SET @x = UPPER('delete from t')",
      "SELECT @x := 'DELETE FROM t'",
      "SELECT @y := 'DELETE FROM t', @y INTO @z, @x",
      "SELECT 'DELETE FROM t' INTO @x",
      "DO @x := 'DELETE FROM t'",
      "SELECT 1 FROM t WHERE (@x := 'DELETE FROM t') LIMIT 1",
      "INSERT INTO u VALUES (@x := 'DELETE FROM t')",
      "SET @z = 'DELETE FROM t'; SET @z = 'SELECT 1', @x = @z",
    ]
  ) {
    using made = gateOf();
    const session = sessionAfter(made.gate, "SET @x = 'SELECT 1'", assignment);
    assert.equal(session.run("PREPARE s FROM @x"), "refuse", assignment);
  }
  using made = gateOf();
  assert.equal(sessionAfter(made.gate, "SET @x = 'SELECT 1', @y = @x").run("PREPARE s FROM @x"), "allow");
  assert.equal(
    sessionAfter(made.gate, "SET @é = 'DELETE FROM t', @x = 'SELECT 1'").run("PREPARE s FROM @e"),
    "refuse",
  );
  const during = new ScriptedSession(made.gate, mariadb);
  const hidden = "'SELECT ''a\\\\''; DELETE FROM t; -- '''";
  assert.equal(during.run(`EXECUTE IMMEDIATE ${hidden}`), "allow");
  assert.equal(
    during.run(`SET STATEMENT sql_mode = 'NO_BACKSLASH_ESCAPES' FOR EXECUTE IMMEDIATE ${hidden}`),
    "refuse",
  );
  assert.equal(
    during.run(
      "SET STATEMENT sql_mode = 'NO_BACKSLASH_ESCAPES' FOR CREATE PROCEDURE p() BEGIN SELECT 'a\\'; DELETE FROM t; -- '; END",
    ),
    "refuse",
  );
});

Deno.test("DEFAULT and a reset give what the server's settings are, which one session may have changed for all", () => {
  const hidden = 'SELECT "\\"; DELETE FROM t; -- "';
  const policy = { allow: ["admin/*"] };
  for (
    const [change, back] of [
      ["SET GLOBAL sql_mode = 'ANSI_QUOTES'", "SET sql_mode = DEFAULT"],
      ["SET @@GLOBAL.sql_mode = @m", "SET sql_mode = DEFAULT"],
      ["CALL changes_globals()", "SET sql_mode = DEFAULT"],
    ] as const
  ) {
    using made = gateOf({ definition: policy });
    const session = sessionAfter(made.gate, change, "SET sql_mode = ''");
    assert.equal(session.run(hidden), "allow", change);
    assert.equal(session.run(back), "allow", change);
    assert.equal(session.run(hidden), "refuse", change);
  }
  using made = gateOf({ definition: policy });
  const gbk = new Uint8Array([
    ...new TextEncoder().encode("SELECT '"),
    0xbf,
    0x5c,
    ...new TextEncoder().encode("'; DELETE FROM t; -- '"),
  ]);
  assert.equal(
    sessionAfter(made.gate, "SET GLOBAL character_set_client = utf8mb4", "SET NAMES DEFAULT").run(gbk),
    "allow",
  );
  const changed = sessionAfter(made.gate, "SET GLOBAL character_set_client = gbk");
  assert.equal(changed.run(gbk), "allow", "the session itself speaks utf8mb4");
  assert.equal(changed.run("SET NAMES DEFAULT"), "allow");
  assert.equal(changed.run(gbk), "refuse");
  const another = new ScriptedSession(made.gate);
  const reset = another.ask("", "reset_connection");
  assert.ok(reset.action === "allow");
  reset.done?.(outcomeOf({}));
  assert.equal(another.run(gbk), "refuse");
});
