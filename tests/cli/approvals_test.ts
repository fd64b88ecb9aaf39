/** `approvals` and `break-glass` as they are typed, against the admin API over HTTP. */
import assert from "node:assert/strict";
import { answer } from "../../src/admin/answer.ts";
import { run } from "../../src/cli/mod.ts";
import { COMMANDS } from "../../src/cli/registry.ts";
import { fakeHost } from "../support/fake_host.ts";
import { DIGEST, heldStatement, KEY, MemoryAdmin } from "../support/memory_admin.ts";

/** What a command line came to. */
interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function withApi(
  body: (
    admin: MemoryAdmin,
    type: (line: string, env?: Record<string, string>) => Promise<Typed>,
    address: string,
  ) => Promise<void>,
): Promise<void> {
  const admin = new MemoryAdmin();
  admin.process.waiting = [heldStatement("01A"), heldStatement("01B", { sql: "DROP TABLE `t`" })];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(request, "127.0.0.1", admin.context),
  );
  const env = { ADMIN_API_KEY: KEY, GATEKEEPER_API_PORT: `${server.addr.port}`, USER: "ann" };
  await body(admin, async (line, more = {}) => {
    const host = fakeHost({ env: { ...env, ...more } });
    // Words in single quotes stay together, as a shell has them.
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
    return { code: await run(words, host, COMMANDS), out: host.out(), err: host.err() };
  }, `http://127.0.0.1:${server.addr.port}`);
}

Deno.test("approvals list shows what waits, in text and in JSON, and says when nothing does", async () => {
  await withApi(async (admin, type) => {
    const { code, out } = await type("approvals list");
    assert.equal(code, 0);
    assert.match(out, /^ID .*STATEMENT\n01A .* 95 .*DELETE FROM `t`\n01B .*DROP TABLE `t`\n$/s);
    const json = JSON.parse((await type("approvals list --format json")).out);
    assert.deepEqual([json.schema, json.approvals.length], ["querycop.approvals/2", 2]);
    admin.process.waiting = [];
    assert.match((await type("approvals list")).err, /No statement is pending/);
  });
});

Deno.test("approvals approve decides with who and why, and for the digest where asked", async () => {
  await withApi(async (admin, type) => {
    const { code, out } = await type("approvals approve 01A --digest --for 90m --reason 'OPS-12 clean-up'");
    assert.equal(code, 0);
    assert.match(out, /Approved 01A: DELETE FROM `t`\n.*until /);
    const [row] = admin.store.rows;
    assert.match(row?.decided_by ?? "", /^ann@./);
    assert.equal(row?.decision_reason, "OPS-12 clean-up");
    const [approved] = (await admin.store.overrides()).approved;
    assert.deepEqual([approved?.digest, (approved?.until ?? 0) - admin.clockMs], [DIGEST, 90 * 60_000]);
    assert.match((await type("approvals show 01A")).out, /State +approved\n[^]*Because +OPS-12 clean-up/);
  });
});

Deno.test("approvals reject refuses as the name given", async () => {
  await withApi(async (admin, type) => {
    assert.equal((await type("approvals reject 01B --by bob --reason no")).code, 0);
    assert.deepEqual(admin.store.rows.map(({ state, decided_by }) => [state, decided_by]), [[
      "rejected",
      "bob",
    ]]);
    assert.match((await type("approvals list --state rejected")).out, /01B +rejected/);
  });
});

Deno.test("refusals of the API are exit code 4 and say what to do, an API that is not there is 5", async () => {
  await withApi(async (_admin, type, address) => {
    await type("approvals reject 01B --reason no");
    const again = await type("approvals approve 01B --reason yes");
    assert.deepEqual([again.code, again.out], [4, ""]);
    assert.match(again.err, /^error: This statement is rejected by ann@.*\nhint: querycop approvals show/);
    const unknown = await type("approvals show 01Z");
    assert.equal(unknown.code, 4);
    assert.match(unknown.err, /No held statement has this id\nhint: querycop approvals list/);
    const wrong = await type("approvals list", { ADMIN_API_KEY: "wrong-key" });
    assert.equal(wrong.code, 4);
    assert.match(wrong.err, /hint: ADMIN_API_KEY must be the key/);
    assert.ok(!wrong.err.includes("wrong-key"));
    const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    nobody.close();
    const away = await type(`approvals list --api http://127.0.0.1:${nobody.addr.port}`);
    assert.equal(away.code, 5);
    assert.match(away.err, /^error: Cannot connect to http:\/\/127\.0\.0\.1:\d+: connection refused\nhint: /);
    const json = await type("approvals show 01Z --format json");
    assert.equal(JSON.parse(json.out || json.err).error.code, "api.approval_not_found");
    assert.equal((await type(`approvals list --api ${address}/`)).code, 0);
  });
});

Deno.test("without a key, a reason, or a real address it is wrong usage", async () => {
  await withApi(async (_admin, type) => {
    const keyless = await type("approvals list", { ADMIN_API_KEY: "" });
    assert.equal(keyless.code, 2);
    assert.match(keyless.err, /ADMIN_API_KEY is not set/);
    assert.equal((await type("approvals approve 01A")).code, 2);
    assert.equal((await type("approvals list --api ftp://x")).code, 2);
    assert.equal((await type("approvals list --state gone")).code, 2);
    assert.equal((await type("break-glass open default --reason x")).code, 2);
  });
});

Deno.test("break-glass opens for a time, is listed, and closes", async () => {
  await withApi(async (admin, type) => {
    const opened = await type("break-glass open default --for 30m --reason 'INC-42'");
    assert.equal(opened.code, 0);
    const [entry] = (await admin.store.overrides()).break_glass;
    assert.deepEqual([entry?.role, (entry?.until ?? 0) - admin.clockMs], ["default", 30 * 60_000]);
    assert.ok(opened.out.includes(`querycop break-glass close ${entry?.id}`));
    assert.match((await type("break-glass list")).out, /role default until .* by ann@.*: INC-42/);
    assert.equal((await type(`break-glass close ${entry?.id}`)).code, 0);
    assert.deepEqual((await admin.store.overrides()).break_glass, []);
    const unknown = await type("break-glass open nobody --for 1h --reason x");
    assert.equal(unknown.code, 4);
    assert.match(unknown.err, /no such role; it has default/);
  });
});

Deno.test("nothing that a client sent acts on an approver's terminal or hides there", async () => {
  await withApi(async (admin, type) => {
    const hostile = "\x1b[2J\x1b]0;x\x07\u202e\u200b";
    const { statements: [part] = [] } = heldStatement("01C");
    assert.ok(part !== undefined);
    admin.process.waiting = [heldStatement("01C", {
      user: `app${hostile}`,
      schema: hostile,
      sql: `DROP TABLE \`${hostile}\``,
      reason: hostile,
      statements: [{
        ...part,
        sql: hostile,
        tables: [hostile],
        findings: [{ ...part.findings[0]!, message: hostile }],
      }],
    })];
    admin.process.heldTexts.set("01C", { sql: `DROP\nTABLE ${hostile}`, bytes: 9, left_out: 0 });
    for (const line of ["approvals list", "approvals show 01C", "approvals approve 01C --reason ok"]) {
      const { code, out, err } = await type(line);
      assert.equal(code, 0);
      assert.match(out + err, /^[\x20-\x7e\n✓]*$/, line);
      assert.match(out, /\\x1b\[2J/, line);
    }
  });
});

Deno.test("approvals show has every statement of a text and the text as it will run", async () => {
  await withApi(async (admin, type) => {
    const { statements: [part] = [] } = heldStatement("01C");
    assert.ok(part !== undefined);
    const drop = { ...part, kind: "drop-table", score: 90, sql: "DROP TABLE `u`", tables: ["shop.u"] };
    admin.process.waiting = [heldStatement("01C", { statements: [part, drop], statement_count: 3 })];
    admin.process.heldTexts.set("01C", {
      sql: "DELETE FROM t;\nDROP TABLE u",
      bytes: 2_000_000,
      left_out: 951_424,
    });
    const { out } = await type("approvals show 01C");
    assert.match(out, /1\. delete risk 95, hold: shop\.t\n[^]*2\. drop-table risk 90, hold: shop\.u\n/);
    assert.match(out, /and 1 statements/);
    assert.ok(
      out.includes("As it will run, 2000000 bytes:\n  DELETE FROM t;\n  DROP TABLE u\n  951424 bytes"),
      out,
    );
  });
});
