/** The rules of group vitess say of the recorded statements what vtgate said, release by release. */
import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { VITESS_RELEASES } from "../support/vitess_build.ts";
import { readVerdicts } from "../support/vitess_verdicts.ts";

/** Least share of statements on which rules and vtgate have to agree. */
const AGREEMENT = 0.99;
/** Largest share that rules may leave open: what depends on the VSchema. */
const OPEN = 0.05;
const statements = (await readVerdicts()).filter(({ valid }) => valid);
const disagreements =
  (await Deno.readTextFile(new URL("../testdata/vitess_disagreements.txt", import.meta.url)))
    .split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const reasons = new Map(disagreements.map((line) => line.split("\t").reverse() as [string, string]));
const encoder = new TextEncoder();

/** Says of a statement whether vtgate refuses it, as the rules have it; undefined where they leave it open. */
class Prediction {
  readonly #judge: TextJudge;

  constructor(version: string, sharded: boolean) {
    const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
    const vitessVersion = major * 10_000 + minor * 100 + patch;
    this.#judge = new TextJudge({
      ...DEFAULT_RISK_OPTIONS,
      target: "vitess",
      mode: "wire",
      serverVersion: 90700,
      vitessVersion,
      sharded,
    });
  }

  of(sql: string): boolean | undefined {
    const findings = this.#judge.next(encoder.encode(sql), 0, DEFAULT_SQL_OPTIONS, false)?.findings ?? [];
    if (findings.some(({ rule, score }) => rule.vtgate === "refuses" && score >= rule.score)) return true;
    return findings.some(({ rule }) => rule.vtgate === "either" || rule.vtgate === "refuses")
      ? undefined
      : false;
  }
}

Deno.test("more than 4,500 statements that MySQL takes are recorded", () => {
  assert.ok(statements.length > 4500, `${statements.length}`);
});

const listed = new Set<string>();
for (const [index, { version }] of VITESS_RELEASES.entries()) {
  for (const keyspace of ["unsharded", "sharded"] as const) {
    Deno.test(`the rules agree with vtgate ${version} in an ${keyspace} keyspace`, () => {
      const prediction = new Prediction(version, keyspace === "sharded");
      const unlisted: string[] = [];
      let [agreed, differed, open] = [0, 0, 0];
      for (const statement of statements) {
        const verdict = statement[keyspace][index];
        assert.ok(verdict !== undefined, `not recorded: ${statement.sql}`);
        if (verdict === "?") continue;
        const predicted = prediction.of(statement.sql);
        // Of what went to one shard nothing is known of many.
        if (predicted === true && verdict === "1" && keyspace === "sharded") continue;
        if (predicted === undefined) open++;
        else if (predicted === (verdict === "x")) agreed++;
        else {
          differed++;
          listed.add(statement.sql);
          if (!reasons.has(statement.sql)) unlisted.push(`${verdict} ${statement.sql}`);
        }
      }
      const all = agreed + differed + open;
      assert.deepEqual(
        unlisted,
        [],
        "disagreements without a reason in tests/testdata/vitess_disagreements.txt",
      );
      assert.ok(agreed / (agreed + differed) >= AGREEMENT, `${agreed} of ${agreed + differed}`);
      assert.ok(open / all <= OPEN, `${open} of ${all} are left open`);
    });
  }
}

Deno.test("what is listed as a disagreement is one", () => {
  assert.deepEqual([...reasons.keys()].filter((sql) => !listed.has(sql)), []);
});
