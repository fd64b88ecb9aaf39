import assert from "node:assert/strict";
import { methodOfAll, plannedItems } from "../../src/risk/alter_matrix.ts";
import { columnChangeOf } from "../../src/risk/column_change.ts";
import { SchemaCatalogue } from "../../src/risk/schema_catalogue.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import type { StatementOf } from "../../src/sql/statement.ts";
import { columnAnswers, ITEMS_TABLE, itemsAnswers } from "../support/alter_answers.ts";

const VERSION = 90704;

function tableOf(sql: string) {
  const catalogue = new SchemaCatalogue();
  const bytes = new TextEncoder().encode(sql);
  catalogue.apply(analyse(bytes, tokenize(bytes)));
  return catalogue.table("t");
}

function alter(sql: string): StatementOf<"alter-table"> {
  const bytes = new TextEncoder().encode(sql);
  const statement = analyse(bytes, tokenize(bytes));
  assert.ok(statement.kind === "alter-table", sql);
  return statement;
}

Deno.test("every change of a column is carried out as the server answered for it", () => {
  const wrong: string[] = [];
  let count = 0;
  let [made, table] = ["", undefined as ReturnType<typeof tableOf>];
  for (const answer of columnAnswers()) {
    if (answer.answer === undefined) continue;
    if (answer.table !== made) [made, table] = [answer.table, tableOf(answer.table)];
    const statement = alter(`ALTER TABLE t MODIFY c ${answer.to}`);
    const change = columnChangeOf(statement.items[0]!, table, statement);
    count++;
    if (change?.method !== answer.answer.method) {
      wrong.push(`${answer.from} to ${answer.to}: ${change?.method} said, ${answer.answer.method} so`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(count > 14_000);
});

Deno.test("every two items of one ALTER TABLE are carried out as the server answered for them", () => {
  const table = tableOf(ITEMS_TABLE);
  const wrong: string[] = [];
  for (const { items, answer } of itemsAnswers()) {
    if (answer === undefined) continue;
    const planned = plannedItems(alter(`ALTER TABLE t ${items}`), table);
    const method = methodOfAll(planned.map(({ operation }) => operation), VERSION);
    if (method !== answer.method) wrong.push(`${items}: ${method} said, ${answer.method} so`);
  }
  assert.deepEqual(wrong, []);
});
