import assert from "node:assert/strict";
import fc from "fast-check";
import type { PolicyDefinition, RoleDefinition } from "../../../src/contract/policy_file.ts";
import type { PolicyDecision, StatementView } from "../../../src/risk/policy/policy.ts";
import { CATEGORY_OF_KIND } from "../../../src/risk/policy/statement_categories.ts";
import {
  parseSelector,
  selectorCovers,
  SelectorList,
  selectorWords,
} from "../../../src/risk/policy/selectors.ts";
import { policyOf, viewOf } from "../../support/deciding.ts";

const TEXTS = [
  "DELETE FROM t",
  "DELETE FROM t WHERE id = 1",
  "SELECT * FROM secrets",
  "SELECT * FROM t WHERE id = 1 OR 1 = 1 INTO OUTFILE '/tmp/x'",
  "UPDATE appdb.ledger SET a = 1",
  "DROP TABLE t",
  "TRUNCATE TABLE ledger",
  "PREPARE s FROM 'DROP TABLE secrets'",
  "SELECT SLEEP(5) FROM a JOIN b",
  "GRANT ALL ON *.* TO 'x'@'%' WITH GRANT OPTION",
  "INSERT INTO t SELECT * FROM other.secrets ORDER BY RAND()",
  "SET GLOBAL general_log = 1",
  "FROBNICATE",
];
const VIEWS = TEXTS.map((text) => viewOf(text));
const SEVERITY = { allow: 0, warn: 1, hold: 2, refuse: 3 } as const;

const words = [
  ...new Set(VIEWS.flatMap(({ verdict, kinds, digest }) => [
    ...verdict.findings.map(({ rule }) => rule.code),
    ...kinds.map((kind) => `${CATEGORY_OF_KIND[kind]}/${kind}`),
    digest,
  ])),
  "performance/*",
  "destructive",
  "S",
  "ddl/*",
  "dml",
].filter((word) => word !== "");
const word = fc.constantFrom(...words);
const list = fc.array(word, { maxLength: 3 });
const threshold = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(101));
const table = fc.constantFrom("secrets", "appdb.*", "*.ledger", "t", "other.secrets", "*");
const user = fc.constantFrom("app", "app_ro", "root", "");
const schema = fc.constantFrom("appdb", "other", "");
const client = fc.constantFrom("10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1", "::ffff:10.1.2.3");

const role = fc.record({
  thresholds: fc.record({ warn: threshold, hold: threshold, block: threshold }, { requiredKeys: [] }),
  allow: list,
  hold: list,
  deny: fc.array(word, { maxLength: 1 }),
  tables: fc.record({
    deny: fc.array(table, { maxLength: 1 }),
    read_only: fc.array(table, { maxLength: 1 }),
  }),
  match: fc.record({
    users: fc.array(fc.constantFrom("app*", "root", "*"), { minLength: 1, maxLength: 2 }),
    schemas: fc.array(fc.constantFrom("app*", "OTHER"), { minLength: 1, maxLength: 2 }),
    clients: fc.array(fc.constantFrom("10.1.0.0/16", "10.0.0.0/8", "2001:db8::/32"), {
      minLength: 1,
      maxLength: 2,
    }),
  }, { requiredKeys: [] }),
});
const policy = fc.record({
  allow: list,
  hold: list,
  roles: fc.array(role, { maxLength: 4 }).map((roles) =>
    roles.map((one, index) => ({ ...one, name: `r${index}` }))
  ),
});
const view = fc.constantFrom(...VIEWS);

function decideBy(
  definition: Omit<PolicyDefinition, "version">,
  statement: StatementView,
  where: string,
): PolicyDecision {
  return policyOf(definition).roles[0]!.decide(statement, where, undefined);
}

/** A policy of one role that everyone has. */
function only(own: Omit<RoleDefinition, "name">): Omit<PolicyDefinition, "version"> {
  return { roles: [{ ...own, name: "default" }] };
}

Deno.test("the first role that matches holds, and default where none does", () => {
  fc.assert(fc.property(policy, user, schema, client, (definition, user, schema, client) => {
    const matches = (pattern: string, text: string) =>
      pattern === "*" || text.startsWith(pattern.replace("*", ""));
    const inside: Record<string, readonly string[]> = {
      "10.1.0.0/16": ["10.1.2.3", "::ffff:10.1.2.3"],
      "10.0.0.0/8": ["10.1.2.3", "10.2.0.1", "::ffff:10.1.2.3"],
      "2001:db8::/32": ["2001:db8::1"],
    };
    const expected = definition.roles.find(({ match: { users, schemas, clients } }) =>
      (users === undefined || users.some((one) =>
        matches(one, user)
      )) &&
      (schemas === undefined || schemas.some((one) => matches(one.toLowerCase(), schema))) &&
      (clients === undefined || clients.some((one) => inside[one]?.includes(client)))
    )?.name ?? "default";
    assert.equal(policyOf(definition).roleFor({ user, schema, client }).name, expected);
  }));
});

Deno.test("one more allowed word never makes a decision stricter", () => {
  fc.assert(
    fc.property(role, word, view, schema, ({ match: _, ...own }, extra, view, schema) => {
      const before = decideBy(only(own), view, schema);
      const after = decideBy(only({ ...own, allow: [...own.allow, extra] }), view, schema);
      assert.ok(SEVERITY[after.action] <= SEVERITY[before.action], `${before.action} became ${after.action}`);
      assert.ok(after.action !== before.action || after.score <= before.score);
    }),
    { numRuns: 1500 },
  );
});

Deno.test("one more denied word or table never makes a decision looser", () => {
  fc.assert(
    fc.property(role, word, table, view, schema, ({ match: _, ...own }, extra, table, view, schema) => {
      const before = decideBy(only(own), view, schema);
      for (
        const more of [
          { ...own, deny: [...own.deny, extra] },
          { ...own, tables: { ...own.tables, deny: [...own.tables.deny, table] } },
          { ...own, tables: { ...own.tables, read_only: [...own.tables.read_only, table] } },
        ]
      ) assert.ok(SEVERITY[decideBy(only(more), view, schema).action] >= SEVERITY[before.action]);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a lower threshold never makes a decision looser", () => {
  fc.assert(
    fc.property(role, threshold, threshold, view, schema, ({ match: _, ...own }, a, b, view, schema) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      for (const key of ["warn", "hold", "block"] as const) {
        const at = (score: number) =>
          decideBy(only({ ...own, thresholds: { ...own.thresholds, [key]: score } }), view, schema);
        assert.ok(SEVERITY[at(low).action] >= SEVERITY[at(high).action]);
      }
    }),
  );
});

Deno.test("an answer that was kept is the answer that is worked out", () => {
  fc.assert(fc.property(
    role,
    fc.boolean(),
    fc.array(fc.tuple(view, schema, fc.boolean()), { maxLength: 30 }),
    ({ match: _, ...own }, learnedOnly, asked) => {
      const definition = only({ ...own, ...(learnedOnly ? { only: "learned" as const } : {}) });
      const kept = policyOf(definition).roles[0]!;
      for (const [view, schema, known] of asked) {
        const learned = known ? new Set([view.digest]) : undefined;
        assert.deepEqual(
          kept.decide(view, schema, learned),
          policyOf(definition).roles[0]!.decide(view, schema, learned),
        );
      }
    },
  ));
});

Deno.test("what is not allowed has a reason, and what is allowed has none", () => {
  fc.assert(fc.property(role, view, schema, ({ match: _, ...own }, view, schema) => {
    const { action, reason } = decideBy(only(own), view, schema);
    assert.equal(reason === "", action === "allow");
  }));
});

Deno.test("a selector that is said to cover another one matches all that it does", () => {
  const all = [...words, "performance", "P001", "select-star", "ddl/drop-*", "D", "dml/*"];
  let covered = 0;
  for (const [outerWord, innerWord] of all.flatMap((a) => all.map((b) => [a, b] as const))) {
    const [outer, inner] = [parseSelector(outerWord), parseSelector(innerWord)];
    assert.ok(outer !== undefined && inner !== undefined, `${outerWord} ${innerWord}`);
    if (!selectorCovers(outer, inner)) continue;
    covered++;
    for (const view of VIEWS) {
      if (new SelectorList([inner]).match(view, view.verdict.findings) === undefined) continue;
      assert.ok(
        new SelectorList([outer]).match(view, view.verdict.findings) !== undefined,
        `${outerWord} ${innerWord}`,
      );
    }
  }
  assert.ok(covered > all.length, "more than each by itself");
});

Deno.test("every word that is offered for a slip of the fingers is one", () => {
  for (const word of selectorWords()) assert.ok(parseSelector(word) !== undefined, word);
});
