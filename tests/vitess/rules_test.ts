/** vtgate itself makes of each rule's examples what the rule's page says. */
import assert from "node:assert/strict";
import { createConnection } from "mysql2/promise";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { VITESS_RULES } from "../../src/risk/rules/vitess.ts";
import { startVitess, VITESS_PASSWORD } from "../support/vitess.ts";
import { verdictOf } from "../support/vitess_verdicts.ts";

/** Tables of the examples. */
const TABLES = ["t", "u", "a", "b", "o", "users", "c", "p", "log", "v", "orders"];

Deno.test("vtgate refuses, or takes, the examples of each rule as its page says", async (context) => {
  // Of tables that no database has, vtgate has to be told what it cannot track.
  await using vitess = await startVitess({ planned: TABLES, args: ["--schema-change-signal=false"] });
  const verdict = async (sql: string, keyspace: string) => {
    const connection = await createConnection({
      host: "127.0.0.1",
      port: vitess.port,
      user: "sha2",
      password: VITESS_PASSWORD,
      database: keyspace,
      ssl: { rejectUnauthorized: false },
    });
    try {
      await connection.query(sql);
      return ".";
    } catch (error) {
      const { sqlMessage = "" } = error as { readonly sqlMessage?: string };
      return verdictOf(sqlMessage, sqlMessage === "");
    } finally {
      connection.destroy();
    }
  };
  for (const rule of VITESS_RULES) {
    if (rule.scope !== "statement" || rule.vtgate === undefined) continue;
    const given = { ...DEFAULT_RISK_OPTIONS, ...rule.given };
    // What holds for older releases, and what vtgate does with foreign keys enabled, cannot be tried here.
    if (given.vitessVersion < DEFAULT_RISK_OPTIONS.vitessVersion) continue;
    await context.step(`${rule.code} ${rule.name}: ${rule.vtgate}`, async () => {
      const told: string[] = [];
      for (const sql of rule.fires) {
        // PlanetScale alone refuses these in keyspaces that are not sharded.
        const keyspaces = given.sharded ? ["shop"] : ["app", "shop"];
        const verdicts = await Promise.all(keyspaces.map((keyspace) => verdict(sql, keyspace)));
        const refused = verdicts.some((letter) => letter === "x");
        if (rule.vtgate === "refuses" && !refused) told.push(`accepted: ${sql}`);
        if (rule.vtgate === "accepts" && verdicts.every((letter) => letter === "x")) {
          told.push(`refused: ${sql}`);
        }
      }
      if (rule.vtgate === "refuses") {
        for (const sql of rule.quiet) {
          if (await verdict(sql, given.sharded ? "shop" : "app") === "x") {
            told.push(`refused, though quiet: ${sql}`);
          }
        }
      }
      assert.deepEqual(told, []);
    });
  }
});
