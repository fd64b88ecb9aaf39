/** What lint-sql says MySQL would not parse, against MySQL's own parser: STATEMENT_DIGEST() parses and runs nothing. */
import assert from "node:assert/strict";
import mysql, { type Connection } from "mysql2/promise";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { RuleSet } from "../../src/risk/rule_set.ts";
import { FileJudge } from "../../src/risk/file_judge.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { T } from "../../src/sql/lexer/tokens.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";

const RISK = { ...DEFAULT_RISK_OPTIONS, target: "mysql" as const };
const RULES = new RuleSet(RISK);
const SEED = Math.floor(Math.random() * 2 ** 31);
const MUTATED = 600;

Deno.test(`what is said not to be parsed, the server does not parse (seed ${SEED})`, async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.createUser({ name: "tester", password: "secret", grant: "ALL ON *.*" });
  const { host, port } = server;
  const connection = await mysql.createConnection({ host, port, user: "tester", password: "secret" });
  const wrong: string[] = [];
  try {
    await connection.query("CREATE DATABASE syntax");
    await connection.query("USE syntax");
    const examples = ALL_RULES.filter(({ scope }) => scope !== "input").flatMap((
      { fires, quiet },
    ) => [...fires, ...quiet])
      .filter((sql) => !sql.includes(";"));
    const random = new Random(SEED);
    const mutated = Array.from({ length: MUTATED }, () => mutate(random, random.pick(examples)));
    let refused = 0;
    for (const sql of [...examples, ...mutated]) {
      if (!isUnparsed(sql)) continue;
      refused++;
      if (await parses(connection, sql)) wrong.push(sql);
    }
    assert.deepEqual(wrong, []);
    assert.ok(refused > MUTATED / 3, `${refused} refused`);
  } finally {
    await connection.end();
  }
});

function isUnparsed(sql: string): boolean {
  const bytes = new TextEncoder().encode(sql);
  const statement = analyse(bytes, tokenize(bytes), DEFAULT_SQL_OPTIONS);
  const { verdict } = new FileJudge(RISK, RULES).push(statement, { index: 0, start: 0, end: bytes.length });
  return verdict.findings.some(({ rule }) => rule.syntax);
}

/** The statement with one token left out, doubled, swapped with the next or misspelled. */
function mutate(random: Random, sql: string): string {
  const bytes = new TextEncoder().encode(sql);
  const tokens = tokenize(bytes);
  const text = (from: number, to?: number) => new TextDecoder().decode(bytes.subarray(from, to));
  const index = random.below(tokens.length);
  const [start, end] = [tokens.start[index] ?? 0, tokens.end[index] ?? 0];
  const word = text(start, end);
  switch (random.below(4)) {
    case 0:
      return `${text(0, start)} ${text(end)}`;
    case 1:
      return `${text(0, end)} ${word}${text(end)}`;
    case 2:
      return `${text(0, end)},${text(end)}`;
    default: {
      if (tokens.kind[index] !== T.keyword || word.length < 3) return sql;
      const at = 1 + random.below(word.length - 2);
      return text(0, start) + word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2) + text(end);
    }
  }
}

async function parses(connection: Connection, sql: string): Promise<boolean> {
  try {
    await connection.query("SELECT STATEMENT_DIGEST(?)", [sql]);
    return true;
  } catch {
    return false;
  }
}
