import assert from "node:assert/strict";
import fc from "fast-check";
import { secretSpans } from "../../src/risk/secrets.ts";
import { passesLuhn } from "../../src/risk/secret_texts.ts";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import { findingsOfFile } from "./_judging.ts";

const encoder = new TextEncoder();

/** Statements with a secret in the place of `%`. */
const WITH_SECRET = [
  "CREATE USER app@localhost IDENTIFIED BY '%'",
  "ALTER USER app IDENTIFIED WITH caching_sha2_password BY '%' RETAIN CURRENT PASSWORD",
  "ALTER USER app IDENTIFIED WITH mysql_native_password AS '%'",
  "SET PASSWORD FOR app = '%'",
  "GRANT SELECT ON d.* TO app IDENTIFIED BY '%'",
  "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PASSWORD = '%'",
  "CHANGE MASTER TO MASTER_PASSWORD = '%'",
  "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'r', PASSWORD '%', HOST '10.0.0.1')",
  "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=FEDERATED CONNECTION='mysql://u:%@10.0.0.1/d/t'",
  "CLONE INSTANCE FROM donor@'10.0.0.1':3306 IDENTIFIED BY '%'",
  "SELECT id FROM users WHERE name = 'ann' AND password = '%'",
  "SELECT id FROM users WHERE passwd = MD5('%')",
  "INSERT INTO users (name, password) VALUES ('ann', 'x'), ('bob', '%')",
  "UPDATE users SET user_pass = '%' WHERE id = 1",
  "UPDATE clients SET client_secret = '%' WHERE id = 1",
  "INSERT INTO settings (v) VALUES ('mysql://app:%@db.example.com/shop')",
  "SELECT 1 -- password: %",
];

function shown(sql: string): string {
  const bytes = encoder.encode(sql);
  const reader = new StatementReader();
  assert.ok(reader.next(bytes, 0, bytes.length, true));
  const masked = Uint8Array.from(bytes);
  for (const { start, end } of secretSpans(analyse(bytes, reader.tokens))) masked.fill(0x2a, start, end);
  return new TextDecoder().decode(masked);
}

Deno.test("the secret of every statement that takes one is within its secret spans", () => {
  for (const sql of WITH_SECRET) {
    assert.doesNotMatch(shown(sql.replace("%", "S3cr3tQx9")), /S3cr3tQx9/, sql);
  }
});

Deno.test("what is not secret stays readable", () => {
  const sql = "INSERT INTO users (name, password) VALUES ('ann', 'S3cr3tQx9')";
  assert.equal(shown(sql), sql.replace(/'S3cr3tQx9'/, "***********"));
  for (
    const plain of [
      "SELECT id FROM users WHERE name = 'ann'",
      "CREATE USER app IDENTIFIED BY RANDOM PASSWORD",
    ]
  ) {
    assert.equal(shown(plain), plain);
  }
});

Deno.test("no message of any rule quotes a secret", () => {
  for (const sql of WITH_SECRET) {
    const findings = findingsOfFile(sql.replace("%", "S3cr3tQx9"), DEFAULT_RISK_OPTIONS);
    for (const finding of findings) {
      assert.doesNotMatch(finding.message, /S3cr3tQx9/, `${finding.rule.code}: ${sql}`);
    }
  }
});

Deno.test("Luhn's check digit: one digit of ten completes a number", () => {
  fc.assert(fc.property(fc.stringMatching(/^[1-9]\d{14}$/), (digits) => {
    const completed = Array.from({ length: 10 }, (_, last) => digits + last).filter(passesLuhn);
    assert.ok(completed.length === 1 || new Set(digits).size === 1);
  }));
});
