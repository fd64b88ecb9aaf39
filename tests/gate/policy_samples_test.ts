/** The policies for frameworks in docs/policies, held to what the frameworks send. */
import assert from "node:assert/strict";
import { parsePolicyFile } from "../../src/config/policy_file.ts";
import { POLICY_VOCABULARY } from "../../src/risk/policy/vocabulary.ts";
import { gateOf, ScriptedSession } from "./_gate.ts";

const FOLDER = new URL("../../docs/policies/", import.meta.url);

/** Statements that each framework sends to empty what is its own, by the name of its sample. */
const SENT: Readonly<Record<string, readonly string[]>> = {
  laravel: ["delete from `cache`", "delete from `failed_jobs`", "delete from `telescope_entries`"],
  django: ["DELETE FROM `my_cache_table`"],
  rails: ["TRUNCATE TABLE `solid_cache_entries`", "DELETE FROM `solid_cable_messages`"],
  symfony: ["TRUNCATE TABLE cache_items", "DELETE FROM cache_items"],
  drupal: ["TRUNCATE `cache_render`", "DELETE FROM `cachetags`", "DELETE FROM flood"],
  magento: ["DELETE FROM `catalog_product_index_price_tmp`", "DELETE FROM `cache_tag`"],
};

Deno.test("each framework's sample lets the framework empty its own tables, and nobody empty any other", async () => {
  const samples = [...Deno.readDirSync(FOLDER)].map(({ name }) => name.replace(/\.yaml$/, "")).sort();
  assert.deepEqual(samples, Object.keys(SENT).sort());
  for (const [name, statements] of Object.entries(SENT)) {
    const text = await Deno.readTextFile(new URL(`${name}.yaml`, FOLDER));
    const { file, errors, warnings } = parsePolicyFile(text, `${name}.yaml`, POLICY_VOCABULARY);
    assert.ok(file !== undefined && errors.length + warnings.length === 0, name);
    using with_ = gateOf({ definition: file });
    const session = new ScriptedSession(with_.gate);
    for (const sql of statements) assert.equal(session.run(sql), "allow", `${name}: ${sql}`);
    for (
      const sql of [
        "DELETE FROM orders",
        "UPDATE users SET role = 'admin'",
        "DELETE o FROM orders o, cache c",
      ]
    ) {
      assert.equal(session.run(sql), "refuse", `${name}: ${sql}`);
    }
  }
});

Deno.test("a disposable table may be emptied, in its own schema alone, and nothing beside it", () => {
  using made = gateOf({ definition: { tables: { disposable: ["shop.cache*"] } } });
  const session = new ScriptedSession(made.gate);
  for (
    const sql of [
      "DELETE FROM cache",
      "TRUNCATE cache_render",
      "UPDATE cache SET a = 1",
      "DELETE FROM shop.cache WHERE 1",
    ]
  ) {
    assert.equal(session.run(sql), "allow", sql);
  }
  assert.equal(session.run("DELETE FROM crm.cache"), "refuse");
  assert.equal(session.run("DELETE c, o FROM cache c JOIN orders o"), "refuse");
  assert.equal(session.run("DELETE FROM orders"), "refuse");
  assert.equal(session.run("DROP DATABASE cache"), "refuse");
  assert.equal(new ScriptedSession(made.gate, { schema: "" }).run("DELETE FROM cache"), "refuse");
});

Deno.test("tools may change their own table of one row as a whole, and count up a sequence", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (
    const sql of [
      "update `knex_migrations_lock` set `is_locked` = 0",
      "DELETE FROM DATABASECHANGELOGLOCK",
      "DELETE FROM `schema_migrations`",
      "TRUNCATE `schema_migrations`",
      "update hibernate_sequence set next_val = 1",
      "UPDATE sequence SET id = LAST_INSERT_ID(id + 1)",
      "UPDATE counters SET next = LAST_INSERT_ID(next + 50)",
    ]
  ) assert.equal(session.run(sql), "allow", sql);
  for (
    const sql of [
      "UPDATE schema_migrations SET version = 0",
      "UPDATE users SET id = LAST_INSERT_ID(0)",
      "UPDATE users SET id = LAST_INSERT_ID(id + 1), role = 'admin'",
      "DELETE k, u FROM knex_migrations_lock k, users u",
    ]
  ) assert.equal(session.run(sql), "refuse", sql);
});
