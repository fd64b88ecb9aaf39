import assert from "node:assert/strict";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { versionOf } from "../../src/sql/server_version.ts";
import { SessionSettings } from "../../src/sql/session/settings.ts";

const START = { serverVersion: "9.7.4", collation: 45, ignoreSpace: false };

function set(settings: SessionSettings, sql: string): void {
  const bytes = new TextEncoder().encode(sql);
  const { options } = settings;
  const statement = analyse(bytes, tokenize(bytes, options), options);
  assert.equal(statement.kind, "set");
  if (statement.kind === "set") settings.applySet(statement.items);
}

Deno.test("a session begins with what its login says", () => {
  assert.deepEqual(new SessionSettings(START).options.charset, "utf8mb4");
  assert.equal(new SessionSettings({ ...START, collation: 28 }).options.charset, "gbk");
  assert.equal(new SessionSettings({ ...START, collation: 8 }).options.charset, "latin1");
  // gbk_chinese_nopad_ci, latin1_swedish_nopad_ci and utf8mb4_general_nopad_ci of MariaDB.
  assert.equal(new SessionSettings({ ...START, collation: 1052 }).options.charset, "gbk");
  assert.equal(new SessionSettings({ ...START, collation: 1032 }).options.charset, "latin1");
  assert.equal(new SessionSettings({ ...START, collation: 1069 }).options.charset, "utf8mb4");
  assert.equal(new SessionSettings({ ...START, collation: 255 }).options.charset, "utf8mb4");
  assert.equal(new SessionSettings({ ...START, ignoreSpace: true }).options.ignoreSpace, true);
});

Deno.test("version texts give server kind and number", () => {
  assert.deepEqual(versionOf("9.7.4-2"), { dialect: "mysql", version: 90704 });
  assert.deepEqual(versionOf("8.0.40-Vitess"), { dialect: "mysql", version: 80040 });
  assert.deepEqual(versionOf("5.5.5-10.11.6-MariaDB-0+deb12u1"), { dialect: "mariadb", version: 101106 });
  assert.deepEqual(versionOf("11.4.2-MariaDB"), { dialect: "mariadb", version: 110402 });
  assert.deepEqual(versionOf("5.7.44-log"), { dialect: "mysql", version: 50744 });
});

Deno.test("every way to name the client's character set is followed", () => {
  for (
    const sql of [
      "SET NAMES gbk",
      "SET CHARACTER SET gbk",
      "SET CHAR SET 'GBK'",
      "SET CHARSET gbk",
      "SET @a = 1, CHAR SET gbk",
      "SET @@session.character_set_client = gbk",
    ]
  ) {
    const settings = new SessionSettings(START);
    set(settings, sql);
    assert.equal(settings.options.charset, "gbk", sql);
  }
});

Deno.test("equal settings are one object, whichever session has them", () => {
  const one = new SessionSettings(START);
  const other = new SessionSettings(START);
  set(one, "SET sql_mode = 'ANSI_QUOTES'");
  assert.notEqual(one.options, other.options);
  set(other, "SET sql_mode = CONCAT(@@sql_mode, ',ansi_quotes')");
  assert.equal(one.options, other.options);
  other.reset();
  assert.equal(other.options, new SessionSettings(START).options);
});

Deno.test("GLOBAL, PERSIST and user variables change nothing", () => {
  const settings = new SessionSettings(START);
  const before = settings.options;
  for (
    const sql of [
      "SET GLOBAL sql_mode = 'ANSI_QUOTES'",
      "SET PERSIST sql_mode = 'ANSI'",
      "SET @sql_mode = 'ANSI'",
    ]
  ) {
    set(settings, sql);
    assert.equal(settings.options, before, sql);
    assert.equal(settings.uncertain, false);
  }
});

Deno.test("a value that cannot be told makes the settings uncertain until it is told again", () => {
  const settings = new SessionSettings(START);
  for (
    const sql of ["SET sql_mode = ?", "SET sql_mode = @unknown", "SET sql_mode = (SELECT v FROM settings)"]
  ) {
    set(settings, sql);
    assert.equal(settings.uncertain, true, sql);
    set(settings, "SET sql_mode = ''");
    assert.equal(settings.uncertain, false);
  }
});

Deno.test("session tracking and status bits have the last word", () => {
  const settings = new SessionSettings(START);
  settings.applyVariable("sql_mode", "ANSI_QUOTES,STRICT_TRANS_TABLES");
  settings.applyVariable("character_set_client", "sjis");
  assert.equal(settings.options.ansiQuotes, true);
  assert.equal(settings.options.charset, "sjis");
  settings.applyStatus(0x0202);
  assert.equal(settings.options.noBackslashEscapes, true);
  settings.applyStatus(0x0002);
  assert.equal(settings.options.noBackslashEscapes, false);
  settings.changeUser(95);
  assert.deepEqual([settings.options.charset, settings.options.ansiQuotes], ["cp932", false]);
});
