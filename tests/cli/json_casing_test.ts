import assert from "node:assert/strict";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { ROUTES } from "../../src/admin/routes.ts";
import { run } from "../../src/cli/mod.ts";
import { StoreDatabase } from "../../src/store/store_database.ts";
import { fakeHost } from "../support/fake_host.ts";

const SQL = "UPDATE t SET a = 1; SELECT * FROM t WHERE a = NULL; DELETE FROM u WHERE id = 1 OR 1";

/** Names in a document that are not snake_case, with where they stand. */
function otherNames(value: unknown, path = "$"): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => otherNames(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(/[a-z0-9][A-Z]/.test(name) ? [`${path}.${name}`] : []),
    ...otherNames(inner, `${path}.${name}`),
  ]);
}

Deno.test("every JSON report names its fields in snake_case", async (t) => {
  const directory = Deno.makeTempDirSync();
  const policy = `${directory}/policy.yaml`;
  Deno.writeTextFileSync(`${directory}/a.sql`, SQL);
  Deno.writeTextFileSync(
    policy,
    "version: 1\nthresholds: { hold: 80 }\nroles: [{ name: app, match: { users: [a] } }]\n",
  );
  new StoreDatabase({
    ...{ dataDir: directory, keepMs: 0, maxAuditBytes: Infinity, maxDigests: 10, imports: false },
  }).close();
  const data = `--data-dir=${directory}`;
  const host = "--backend-host=127.0.0.1";
  const commands: readonly (readonly string[])[] = [
    ["lint-sql", "--format=json", `${directory}/a.sql`],
    ["explain", "--format=json", "D001"],
    ["explain", "--format=json", "--rules"],
    ["explain", "--format=json", SQL],
    ["policy", "test", "--format=json", `--policy-file=${policy}`, SQL],
    ["policy", "check", "--format=json", `--policy-file=${policy}`, host],
    ["policy", "show", "--format=json", `--policy-file=${policy}`, host],
    ["policy", "learn", "--format=json", data],
    ["policy", "block", "--format=json", data, "--reason=r", "ab".repeat(32)],
    ["policy", "blocks", "--format=json", data],
    ["audit", "verify", "--format=json", data],
    ["audit", "query", "--format=json", data],
    ["config", "show", "--format=json", host],
    ["config", "check", "--format=json", host],
    ["doctor", "--list", "--format=json"],
    ["version", "--format=json"],
    ["rotate", "plan", "--format=json", "--org=o", "--database=d", "--branch=b", "--to=terminal"],
  ];
  for (const args of commands) {
    await t.step(args.slice(0, 2).join(" "), async () => {
      const made = fakeHost();
      await run(args, made);
      assert.notEqual(made.out(), "", made.err());
      assert.deepEqual(otherNames(JSON.parse(made.out())), []);
    });
  }
  await t.step("audit export", async () => {
    const made = fakeHost();
    await run(["audit", "export", data], made);
    for (const line of made.out().trim().split("\n")) assert.deepEqual(otherNames(JSON.parse(line)), []);
  });
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("the admin API names its fields in snake_case", () => {
  const { components } = openApiDocument(ROUTES, "1") as { components: { schemas: Record<string, unknown> } };
  const fields = (value: unknown): string[] => {
    if (typeof value !== "object" || value === null) return [];
    const { properties = {} } = value as { properties?: object };
    return [...Object.keys(properties), ...Object.values(value).flatMap(fields)];
  };
  assert.deepEqual(fields(components.schemas).filter((name) => /[a-z0-9][A-Z]/.test(name)), []);
});
