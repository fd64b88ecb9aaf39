import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { AuditEvent } from "../../src/contract/audit.ts";
import { AuditReader } from "../../src/store/audit_reader.ts";
import { databasePath } from "../../src/store/database.ts";
import { event, fill, open, withDirectory } from "./_store.ts";

const MAX_BYTES = 60_000;

/** What administrators did, between refused statements of which there is no end. */
function flood(from: number, count: number): AuditEvent[] {
  return Array.from({ length: count }, (_each, index) => {
    const id = `S${String(from + index).padStart(6, "0")}`;
    if (index % 100 !== 50) return event(id);
    const { sql: _sql, findings: _findings, ...admin } = event(id, {
      type: "break_glass",
      action: "opened",
      by: "ann",
    });
    return admin as AuditEvent;
  });
}

function tidy(directory: string, now?: () => number, keepMs = 0): void {
  const store = open(directory, { maxAuditBytes: MAX_BYTES, keepMs }, now);
  while (store.tidy());
  store.close();
}

function verify(directory: string) {
  const reader = new AuditReader(directory);
  try {
    return reader.verify(() => {});
  } finally {
    reader.close();
  }
}

Deno.test("a flood of statements takes nothing away of what administrators did, and that it did is on record", async () => {
  await withDirectory((directory) => {
    for (let round = 0; round < 3; round++) {
      fill(directory, flood(round * 2000, 2000));
      tidy(directory);
    }
    const store = open(directory, { maxAuditBytes: MAX_BYTES });
    const admin = store.audit({ types: ["break_glass"], limit: 1000 });
    assert.equal(admin.length, 60, "each of them");
    assert.ok(
      admin.every(({ seq }, index) => index === 0 || seq < (admin[index - 1]?.seq ?? 0)),
      "newest first",
    );
    assert.equal(
      store.audit({ types: ["break_glass"], limit: 1000, beforeSeq: admin[29]?.seq ?? 0 }).length,
      30,
    );
    const evictions = store.audit({ actions: ["evicted"], limit: 1000 });
    const removed = evictions.reduce((sum, { detail }) => sum + Number(detail?.records), 0);
    assert.equal(removed, store.evicted());
    assert.equal(store.audit({ types: ["statement"], limit: 10_000 }).length, 6000 - 60 - removed);
    store.close();
    assert.equal(verify(directory).broken, undefined);
  });
});

Deno.test("a kept record that is changed, or taken away, is found", async () => {
  const changes = [
    "DROP TRIGGER kept_is_not_changed; UPDATE kept SET event = replace(event, 'ann', 'bob') WHERE type = 'break_glass'",
    "DELETE FROM kept WHERE seq = (SELECT min(seq) FROM kept WHERE type = 'break_glass')",
    "DELETE FROM kept WHERE seq = (SELECT max(seq) FROM kept WHERE type = 'break_glass')",
    "DELETE FROM kept",
  ];
  for (const change of changes) {
    await withDirectory((directory) => {
      fill(directory, flood(0, 2000));
      tidy(directory);
      assert.equal(verify(directory).broken, undefined);
      const database = new DatabaseSync(databasePath(directory));
      database.exec(change);
      database.close();
      assert.notEqual(verify(directory).broken, undefined, change);
    });
  }
});

Deno.test("what is kept leaves with its age, and the chain stays intact", async () => {
  await withDirectory((directory) => {
    fill(directory, flood(0, 2000));
    tidy(directory);
    const later = () => event("X").time + 10 * 86_400_000;
    tidy(directory, later, 86_400_000);
    const store = open(directory);
    assert.deepEqual(store.audit({ types: ["break_glass"], limit: 10 }), []);
    store.close();
    assert.equal(verify(directory).broken, undefined);
  });
});

Deno.test("logins are kept too, but a flood of them only as far as there is room for it", async () => {
  await withDirectory((directory) => {
    const logins = Array.from({ length: 21_000 }, (_each, index) => {
      const { sql: _sql, findings: _findings, ...login } = event(`L${index}`, {
        type: "login",
        action: "refused",
      });
      return login as AuditEvent;
    });
    fill(directory, [...flood(0, 200), ...logins]);
    tidy(directory);
    tidy(directory);
    const store = open(directory);
    assert.equal(store.audit({ types: ["break_glass"], limit: 10 }).length, 2);
    assert.ok(store.audit({ types: ["login"], limit: 30_000 }).length <= 20_200);
    store.close();
    assert.equal(verify(directory).broken, undefined);
  });
});

Deno.test("a limit below what one record takes ends with nothing but what is kept", async () => {
  await withDirectory((directory) => {
    fill(directory, flood(0, 200));
    const store = open(directory, { maxAuditBytes: 1 });
    for (let round = 0; store.tidy(); round++) assert.ok(round < 20);
    assert.equal(store.audit({ types: ["break_glass"], limit: 10 }).length, 2);
    store.close();
    assert.equal(verify(directory).broken, undefined);
  });
});
