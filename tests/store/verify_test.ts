import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { verifyExport } from "../../src/store/audit_export.ts";
import { databasePath } from "../../src/store/database.ts";
import { AuditReader } from "../../src/store/audit_reader.ts";
import type { ChainCheck } from "../../src/store/verify.ts";
import { event, fill, withDirectory } from "./_store.ts";

const RECORDS = 8;

/** The tables' own guards are no hindrance to somebody with the file in hand. */
const UNGUARD = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_removed_in_order;";

const place = fc.integer({ min: 1, max: RECORDS });
const text = fc.string({ minLength: 1, maxLength: 5 }).map((value) =>
  value.replaceAll("'", "''").replaceAll("\0", "0")
);

/** One change to the tables, as SQL. */
const change: fc.Arbitrary<string> = fc.oneof(
  place.map((n) => `DELETE FROM audit WHERE seq = ${n}`),
  place.map((n) => `DELETE FROM audit WHERE seq >= ${n}`),
  place.map((n) => `DELETE FROM audit WHERE seq <= ${n}`),
  fc.tuple(place, fc.constantFrom("user", "action", "sql", "score", "by", "time"), text).map((
    [n, name, value],
  ) =>
    `UPDATE audit SET event = json_set(event, '$.${name}', ${
      name === "time" ? 5 : `'x${value}'`
    }) WHERE seq = ${n}`
  ),
  place.map((n) => `UPDATE audit SET event = event || ' ' WHERE seq = ${n}`),
  place.map((n) => `UPDATE audit SET hash = '${"f".repeat(64)}' WHERE seq = ${n}`),
  place.map((n) => `UPDATE audit SET seq = seq + 100 WHERE seq = ${n}`),
  place.map((n) => `UPDATE audit SET seq = -seq WHERE seq = ${n}`),
  fc.tuple(place, place).filter(([a, b]) => a !== b).map(([a, b]) =>
    `UPDATE audit SET event = (SELECT event FROM audit WHERE seq = ${a}) WHERE seq = ${b}`
  ),
  fc.tuple(place, place).filter(([a, b]) => a !== b).map(([a, b]) =>
    `UPDATE audit SET seq = 1000 WHERE seq = ${a}; UPDATE audit SET seq = ${a} WHERE seq = ${b};
     UPDATE audit SET seq = ${b} WHERE seq = 1000`
  ),
  fc.constant(
    `INSERT INTO audit (seq, hash, event) SELECT seq + 1, hash, event FROM audit WHERE seq = ${RECORDS}`,
  ),
  fc.constantFrom("seq", "anchor_seq").chain((name) =>
    fc.constantFrom(1, -1).map((by) => `UPDATE chain SET ${name} = ${name} + ${by}`)
  ),
  fc.constantFrom("hash", "anchor_hash").map((name) => `UPDATE chain SET ${name} = '${"e".repeat(64)}'`),
);

Deno.test("any single change to the tables is found", () =>
  withDirectory((dataDir) => {
    fill(
      dataDir,
      Array.from({ length: RECORDS }, (_, n) => event(`E${n}`, { user: `user${n}`, time: 1000 + n })),
    );
    const file = `${dataDir}/querycop.db`;
    const untouched = Deno.readFileSync(file);
    const check = (): ChainCheck => {
      const reader = new AuditReader(dataDir);
      try {
        return reader.verify(() => {});
      } finally {
        reader.close();
      }
    };
    assert.deepEqual([check().broken, check().records], [undefined, RECORDS]);
    fc.assert(
      fc.property(change, (sql) => {
        Deno.writeFileSync(file, untouched);
        const database = new DatabaseSync(file);
        database.exec(`PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; ${UNGUARD} ${sql}`);
        database.close();
        assert.notEqual(check().broken, undefined, sql);
      }),
      { numRuns: 60 },
    );
  }));

Deno.test("the tables refuse to change a record, and to remove one but the oldest", () =>
  withDirectory((dataDir) => {
    fill(dataDir, [event("A"), event("B")]);
    const database = new DatabaseSync(`${dataDir}/querycop.db`);
    assert.throws(() => database.exec("UPDATE audit SET hash = ''"), /not changed/);
    assert.throws(() => database.exec("DELETE FROM audit WHERE seq = 2"), /removed from the oldest/);
    database.close();
  }));

Deno.test("what is found has its place and its kind", () =>
  withDirectory((dataDir) => {
    const cases: readonly (readonly [string, number, string])[] = [
      ["DELETE FROM audit WHERE seq = 3", 3, "missing"],
      ["DELETE FROM audit WHERE seq > 5", 6, "truncated"],
      ["UPDATE audit SET event = json_set(event, '$.user', 'mallory') WHERE seq = 4", 4, "changed"],
    ];
    fill(dataDir, Array.from({ length: RECORDS }, (_, n) => event(`E${n}`)));
    const untouched = Deno.readFileSync(`${dataDir}/querycop.db`);
    for (const [sql, seq, problem] of cases) {
      Deno.writeFileSync(`${dataDir}/querycop.db`, untouched);
      const database = new DatabaseSync(`${dataDir}/querycop.db`);
      database.exec(`${UNGUARD} ${sql}`);
      database.close();
      const reader = new AuditReader(dataDir);
      const { broken, upTo } = reader.verify(() => {});
      reader.close();
      assert.deepEqual([broken?.seq, broken?.problem, upTo.seq], [seq, problem, seq - 1]);
    }
  }));

Deno.test("an export is whole as it is written, and any line of it changed, taken out, doubled or moved is found", () =>
  withDirectory(async (dataDir) => {
    fill(dataDir, Array.from({ length: RECORDS }, (_, n) => event(`E${n}`, { user: `user${n}`, score: n })));
    const reader = new AuditReader(dataDir);
    const lines: string[] = [];
    assert.equal(reader.export({}, (line) => lines.push(line)), RECORDS);
    reader.close();
    const check = (given: readonly string[]) =>
      verifyExport((async function* () {
        yield* given;
      })());
    const whole = await check(lines);
    assert.deepEqual([whole.broken, whole.records, whole.hasHeader], [undefined, RECORDS, true]);
    assert.equal((await check(lines.slice(1))).hasHeader, false);
    const at = fc.integer({ min: 1, max: RECORDS });
    const edit = fc.oneof(
      at.map((n) => lines.toSpliced(n, 1)),
      at.map((n) => lines.toSpliced(n, 0, lines[n] ?? "")),
      at.map((n) => lines.slice(0, n)),
      fc.tuple(at, at).filter(([a, b]) => a !== b).map(([a, b]) =>
        lines.with(a, lines[b] ?? "").with(b, lines[a] ?? "")
      ),
      fc.tuple(at, fc.nat(), fc.constantFrom("0", "7", "x", "}")).map(([n, where, character]) => {
        const line = lines[n] ?? "";
        const index = where % line.length;
        return lines.with(n, line.slice(0, index) + character + line.slice(index + 1));
      }).filter((edited) => edited.some((line, n) => line !== lines[n])),
    );
    await fc.assert(
      fc.asyncProperty(edit, async (edited) => assert.notEqual((await check(edited)).broken, undefined)),
      { numRuns: 300 },
    );
  }));

Deno.test("a period's export is a piece of the chain that can be checked", () =>
  withDirectory(async (dataDir) => {
    fill(dataDir, Array.from({ length: RECORDS }, (_, n) => event(`E${n}`, { time: 1000 + n })));
    const reader = new AuditReader(dataDir);
    for (
      const [period, ids] of [
        [{ since: 1002, until: 1005 }, ["E2", "E3", "E4"]],
        [{ since: 1006 }, ["E6", "E7"]],
        [{ until: 1002 }, ["E0", "E1"]],
        [{ since: 5000 }, []],
      ] as const
    ) {
      const lines: string[] = [];
      reader.export(period, (line) => lines.push(line));
      const found = lines.slice(1).map((line) => (JSON.parse(line) as { id: string }).id);
      assert.deepEqual(found, ids);
      const { broken } = await verifyExport((async function* () {
        yield* lines;
      })());
      assert.equal(broken, undefined);
    }
    reader.close();
  }));

Deno.test("a chain that was cut and given a new end is found by the last hash of before, and by nothing else", () =>
  withDirectory((directory) => {
    fill(directory, Array.from({ length: RECORDS }, (_, n) => event(`E${n}`)));
    const verify = (expect?: string) => {
      const reader = new AuditReader(directory);
      const check = reader.verify(() => {}, expect);
      reader.close();
      return check;
    };
    const { hash } = verify().upTo;
    assert.equal(verify(hash).broken, undefined);
    fill(directory, [event("LATER")]);
    assert.equal(verify(hash).broken, undefined, "it need not be the last any more");
    const database = new DatabaseSync(databasePath(directory));
    database.exec(`${UNGUARD} DELETE FROM audit WHERE seq > 5;
      UPDATE chain SET seq = 5, hash = (SELECT hash FROM audit WHERE seq = 5)`);
    database.close();
    assert.equal(verify().broken, undefined);
    assert.equal(verify(hash).broken?.problem, "truncated");
  }));
