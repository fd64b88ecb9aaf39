/**
 * Statements that are written, sent or prepared so that whoever reads them otherwise than the server lets them pass.
 * Each is first shown to have its effect on the real server; through querycop it is refused, and has none.
 */
import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { Conversation } from "../support/conversation.ts";
import { type Evasion, EVASIONS } from "../support/evasions/mod.ts";
import { startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";

const USER = { user: "app", password: "secret" };
const SECRET = "open sesame 4711";

const POLICY = `
version: 1
thresholds: { warn: 70, hold: 101, block: 90 }
roles:
  - name: app
    match: { users: ["app"] }
    tables: { deny: ["shop.secrets"] }
    deny: [drop-table, truncate-table, rename-table, create-or-replace-table]
`;

/** Statements that only look like those above: they have to pass. */
const HARMLESS: readonly string[] = [
  "SELECT 'DELETE FROM victim'",
  "SELECT 1 /* DELETE FROM victim */",
  "SELECT name FROM victim -- ; DELETE FROM victim",
  "SELECT `id` FROM victim WHERE name = 'it''s; DELETE FROM victim'",
  "DELETE FROM victim WHERE id = 77",
  "SET NAMES utf8mb4",
  "SET @x = 'SELECT 1'",
  "PREPARE s FROM 'SELECT 1'",
  "EXECUTE s",
];

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`what does its harm on ${flavour} directly is refused by querycop`, async () => {
    await using server = await startServer({ flavour });
    await server.createUser({ name: USER.user, password: USER.password });
    await server.createUser({ name: "guest", password: USER.password });
    await using root = await observer(server);
    const policy = `${server.folder}/policy.yaml`;
    await Deno.writeTextFile(policy, POLICY);
    await using querycop = await startQuerycop({
      backend: { port: server.port },
      env: { GATEKEEPER_POLICY_FILE: policy },
    });
    const wrong: string[] = [];
    for (const evasion of EVASIONS) {
      if (evasion.on !== undefined && evasion.on !== flavour) continue;
      const direct = await attempt(evasion, server.port, root);
      if (!direct.effect) {
        wrong.push(`${evasion.name}: has no effect directly: ${direct.errors.join("; ")}`);
        continue;
      }
      const judged = await attempt(evasion, querycop.port, root);
      if (judged.effect) wrong.push(`${evasion.name}: GOT PAST: ${judged.errors.join("; ")}`);
      else if (!judged.errors.some((error) => /^1227 querycop: blocked/.test(error))) {
        wrong.push(`${evasion.name}: not refused as it should be: ${judged.errors.join("; ")}`);
      }
    }
    await root.reset();
    const talk = await Conversation.open({ port: querycop.port, ...USER, schema: "shop" });
    for (const sql of HARMLESS) {
      const { errors } = await talk.send(sql);
      if (errors.length > 0) wrong.push(`${sql}: ${errors}`);
    }
    talk[Symbol.dispose]();
    assert.deepEqual(wrong, []);
  });
}

/** What an evasion did, and what it was told. */
interface Attempt {
  readonly effect: boolean;
  readonly errors: readonly string[];
}

async function attempt(evasion: Evasion, port: number, root: Observer): Promise<Attempt> {
  await root.reset();
  const talk = await Conversation.open({
    port,
    user: evasion.user ?? USER.user,
    password: USER.password,
    schema: evasion.schema ?? "shop",
    ...(evasion.capabilities === undefined ? {} : { capabilities: evasion.capabilities }),
    ...(evasion.collation === undefined ? {} : { collation: evasion.collation }),
  });
  const errors: string[] = [];
  try {
    await evasion.run(talk);
  } catch (error) {
    errors.push(String(error));
  }
  errors.unshift(...talk.errors.map(({ errno, message }) => `${errno} ${message}`));
  talk[Symbol.dispose]();
  return { effect: talk.says(SECRET) || await root.harmed(), errors };
}

/** Looks at the tables directly, and puts them right. */
interface Observer extends AsyncDisposable {
  reset(): Promise<void>;
  /** Whether the table that nobody may empty is gone, or none of its rows is what it was. */
  harmed(): Promise<boolean>;
}

async function observer(server: TestServer): Promise<Observer> {
  await server.createUser({ name: "observer", password: "secret" });
  const connection = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: "observer",
    password: "secret",
    multipleStatements: true,
  });
  await connection.query(`
    CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop;
    CREATE TABLE secrets (id INT PRIMARY KEY, secret VARCHAR(50));
    INSERT INTO secrets VALUES (1, '${SECRET}');
    CREATE TABLE texts (id INT PRIMARY KEY, body VARCHAR(100));
    INSERT INTO texts VALUES (1, 'DELETE FROM victim');
    CREATE PROCEDURE give_text(OUT x TEXT) SET x = 'DELETE FROM victim';
    CREATE PROCEDURE set_text() SET @x = 'DELETE FROM victim';
    CREATE FUNCTION set_text_too() RETURNS INT DETERMINISTIC
      BEGIN SET @x = 'DELETE FROM victim'; RETURN 1; END;
    CREATE PROCEDURE give_mode(OUT x TEXT) SET x = 'NO_BACKSLASH_ESCAPES';`);
  const shape = async () => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      `SELECT COUNT(*) AS n FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'shop' AND table_name = 'victim' AND engine = 'InnoDB' AND COALESCE(generation_expression, '') = ''
         AND create_options NOT LIKE '%partitioned%'`,
    );
    return rows[0]?.n;
  };
  return {
    async reset() {
      await connection.query(`
        DROP TABLE IF EXISTS gone_1, peep; DROP VIEW IF EXISTS peep;
        ${await shape() === 2 ? "" : "DROP TABLE IF EXISTS victim;"}
        CREATE TABLE IF NOT EXISTS victim (id INT PRIMARY KEY, name VARCHAR(50));
        REPLACE INTO victim VALUES (1, 'one'), (2, 'two'), (3, 'three');
        DELETE FROM victim WHERE id > 3; DELETE FROM texts WHERE id > 1;
        DROP PROCEDURE IF EXISTS gone_2; DROP TRIGGER IF EXISTS gone_3; SET GLOBAL sql_mode = DEFAULT;`);
    },
    async harmed() {
      try {
        const [rows] = await connection.query<mysql.RowDataPacket[]>(
          "SELECT COUNT(*) AS n FROM victim WHERE name IN ('one', 'two', 'three')",
        );
        return rows[0]?.n === 0;
      } catch (error) {
        // No such table, no such column.
        if ([1146, 1054].includes((error as { errno?: number }).errno ?? 0)) return true;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
