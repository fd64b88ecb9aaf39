import assert from "node:assert/strict";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { TableRules } from "../../src/risk/policy/table_rules.ts";
import { DEFAULT_SQL_OPTIONS, inSchema, SYSTEM_SCHEMAS } from "../../src/sql/options.ts";

const encoder = new TextEncoder();
const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, target: "mysql", mode: "wire" });

/** What is found in a text that runs in a schema. */
function found(sql: string, schema: string): string {
  const { score, findings } = judge.judge(encoder.encode(sql), inSchema(DEFAULT_SQL_OPTIONS, schema));
  return `${score} ${findings.map(({ rule }) => rule.code).join(" ")}`;
}

/** Whether every table that a text names is in a schema. */
function namesOnly(sql: string, schema: string): boolean {
  const { statements } = judge.judge(encoder.encode(sql));
  return statements.every(({ tables }) => tables.every((table) => table.schema?.toLowerCase() === schema));
}

/** Statements that name tables of one of the server's own schemas, and of no other. */
const QUALIFIED = [
  ...ALL_RULES.flatMap((rule) => [...rule.fires, ...rule.quiet]),
  "INSERT INTO mysql.global_grants (USER, HOST, PRIV) VALUES ('u', '%', 'SUPER')",
  "UPDATE mysql.global_priv SET Priv = '{}' WHERE User = 'root'",
  "DELETE u FROM mysql.user u JOIN mysql.db d ON d.User = u.User WHERE d.Db = 'x'",
  "DELETE FROM user USING mysql.user WHERE User = 'x'",
  "WITH c AS (SELECT authentication_string FROM mysql.user) SELECT * FROM c",
  "CREATE PROCEDURE mysql.p() UPDATE mysql.user SET authentication_string = '' WHERE User = 'root'",
  "CREATE TRIGGER t AFTER INSERT ON mysql.user FOR EACH ROW DELETE FROM mysql.db WHERE Db = 'x'",
  "REPLACE INTO mysql.servers (Server_name) VALUES ('s')",
  "TRUNCATE TABLE mysql.general_log",
  "ALTER TABLE mysql.user ADD COLUMN x INT",
  "SELECT * FROM sys.session",
].flatMap((sql) => {
  const schemas = SYSTEM_SCHEMAS.filter((schema) => new RegExp(`\\b${schema}\`?\\.`, "i").test(sql));
  const [schema] = schemas;
  return schema !== undefined && schemas.length === 1 && namesOnly(sql, schema) ? [{ sql, schema }] : [];
});

Deno.test("a name without its schema is judged as in the current one, where that is one of the server's own", () => {
  assert.ok(QUALIFIED.length > 25, `${QUALIFIED.length} statements`);
  for (const { sql, schema } of QUALIFIED) {
    const bare = sql.replace(new RegExp(`\`?\\b${schema}\\b\`?\\.`, "gi"), "");
    assert.equal(found(bare, schema), found(sql, "shop"), bare);
    assert.equal(found(bare, schema.toUpperCase()), found(sql, "shop"), bare);
  }
});

Deno.test("a common table expression is not taken for a table of the current schema", () => {
  assert.equal(
    found("WITH user AS (SELECT 1 AS a) SELECT a FROM user LIMIT 1", "mysql"),
    found("WITH user AS (SELECT 1 AS a) SELECT a FROM user LIMIT 1", "shop"),
  );
});

Deno.test("a verdict that one schema got is not another's", () => {
  const sql = "UPDATE user SET authentication_string = '' WHERE User = 'root'";
  const first = found(sql, "shop");
  assert.notEqual(found(sql, "mysql"), first);
  assert.equal(found(sql, "shop"), first);
  assert.match(found(sql, "mysql"), /S009/);
});

Deno.test("a table that is denied is found wherever a statement can name one", () => {
  const rules = new TableRules([{ deny: ["shop.secrets"] }]);
  const mariadb = { ...DEFAULT_SQL_OPTIONS, dialect: "mariadb", serverVersion: 101100 } as const;
  for (
    const sql of [
      "SHOW CREATE TABLE secrets",
      "SHOW CREATE TABLE IF NOT EXISTS secrets",
      "SHOW CREATE VIEW secrets",
      "SHOW COLUMNS FROM secrets",
      "SHOW EXTENDED KEYS IN secrets",
      "DESC secrets",
      "CREATE TABLE x (id INT, FOREIGN KEY (id) REFERENCES secrets (id))",
      "CREATE TABLE x (id INT REFERENCES secrets (id))",
      "ALTER TABLE q ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES secrets (id)",
      "ALTER TABLE q ADD COLUMN a INT REFERENCES secrets (id)",
      "CREATE TABLE y LIKE secrets",
      "HANDLER secrets OPEN",
      "SELECT NEXT VALUE FOR secrets",
      "SELECT NEXTVAL(secrets)",
      "SELECT SETVAL(secrets, 5)",
      "CREATE TABLE x (a INT DEFAULT NEXTVAL(secrets))",
    ]
  ) {
    for (const options of [DEFAULT_SQL_OPTIONS, mariadb]) {
      const [statement] = judge.judge(encoder.encode(sql), options).statements;
      assert.ok(statement);
      assert.equal(rules.objection(statement, "shop"), "table shop.secrets is denied", sql);
      assert.equal(rules.objection(statement, "crm"), undefined, sql);
    }
  }
  const [elsewhere] = judge.judge(encoder.encode("SHOW INDEX FROM secrets FROM shop")).statements;
  assert.equal(rules.objection(elsewhere!, "crm"), "table shop.secrets is denied");
});
