import assert from "node:assert/strict";
import {
  compareFileNames,
  isDownFile,
  migrationsOf,
  migrationVersion,
  stemOf,
} from "../../src/lint/migration_names.ts";

Deno.test("a file is a down file by its tool's own naming, and never by a word in its name", () => {
  const pairs = new Set(["sqls/20150207135259-users-up.sql", "a/001_init_up.sql"]);
  const cases: [string, boolean][] = [
    ["V7__drill_down.sql", false],
    ["V8__order-rollback.sql", false],
    ["V9__order.down.sql", false],
    ["R__rollback.sql", false],
    ["U7__drill.sql", true],
    ["U7.1__x.sql", true],
    ["u7__x.sql", false],
    ["20240101_scale_down.sql", false],
    ["20240101_undo.sql", false],
    ["0007_drill-down.sql", false],
    ["touchdown.sql", false],
    ["1_init.down.sql", true],
    ["1_init.up.sql", false],
    ["1_down.up.sql", false],
    ["0001.create-foo.rollback.sql", true],
    ["2023-01-01-000000_users/down.sql", true],
    ["2023-01-01-000000_users/up.sql", false],
    ["20230101_down/migration.sql", false],
    ["revert/users.sql", true],
    ["deploy/users.sql", false],
    ["verify/users.sql", false],
    ["deploy/revert_users.sql", false],
    ["sqls/20150207135259-users-down.sql", true],
    ["sqls/20150207135260-drill-down.sql", false],
    ["a/001_init_down.sql", true],
    ["a/002_init_down.sql", false],
  ];
  for (const [path, down] of cases) assert.equal(isDownFile(path, (file) => pairs.has(file)), down, path);
});

Deno.test("the two files of a migration have one stem and one version", () => {
  for (
    const [up, down] of [
      ["a/1_init.up.sql", "a/1_init.down.sql"],
      ["a/V2_1__x.sql", "a/U2_1__x.sql"],
      ["a/u/up.sql", "a/u/down.sql"],
      ["deploy/users.sql", "revert/users.sql"],
      ["1-users-up.sql", "1-users-down.sql"],
    ] as const
  ) {
    assert.equal(stemOf(up), stemOf(down), up);
    assert.equal(migrationVersion(up), migrationVersion(down), up);
    assert.equal(migrationsOf(up), migrationsOf(down), up);
  }
  assert.equal(migrationVersion("V2.01__x.sql"), "2_1");
  assert.equal(migrationVersion("README.sql"), undefined);
  assert.equal(migrationsOf("dumps/shop.sql"), undefined);
  assert.equal(migrationsOf("prisma/migrations/20230101_a/migration.sql"), "prisma/migrations");
});

Deno.test("files are in the order in which their tool runs them", () => {
  const sorted = (names: string[]) => names.toSorted(compareFileNames);
  assert.deepEqual(
    sorted(["V10__a.sql", "R__v.sql", "V2__b.sql", "V2.1__c.sql", "V1_10__d.sql", "V1_9__e.sql"]),
    [
      "V1_9__e.sql",
      "V1_10__d.sql",
      "V2__b.sql",
      "V2.1__c.sql",
      "V10__a.sql",
      "R__v.sql",
    ],
  );
  assert.deepEqual(sorted(["10_a.sql", "9_b.sql", "0008_c.sql"]), ["0008_c.sql", "9_b.sql", "10_a.sql"]);
});
