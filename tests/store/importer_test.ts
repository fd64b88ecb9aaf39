import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { createIdMaker } from "../../src/base/ids.ts";
import { AuditReader } from "../../src/store/audit_reader.ts";
import { openDatabase } from "../../src/store/database.ts";
import { Importer } from "../../src/store/importer.ts";
import { journalDirectory } from "../../src/store/journal_files.ts";
import { openRecorder } from "../../src/store/journal_recorder.ts";
import { SegmentWriter, takeLock } from "../../src/store/segment_writer.ts";
import { event, filesIn, open, withDirectory } from "./_store.ts";

class Crash extends Error {}

/** A database that stops working at its n-th call, as if the process ended there. */
function mortal(database: DatabaseSync, calls: number): DatabaseSync {
  let left = calls;
  const guard = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (left-- <= 0) throw new Crash();
          const result = Reflect.apply(value, target, args) as unknown;
          return name === "prepare" ? guard(result as object) : result;
        };
      },
    });
  return guard(database);
}

/** A process that records, and can end at any moment. */
class Writer {
  readonly name: string;
  readonly #directory: string;
  readonly #lock: Deno.FsFile;
  #segment: SegmentWriter;
  #events = 0;

  constructor(directory: string, name: string) {
    this.name = name;
    this.#directory = directory;
    this.#lock = takeLock(directory, name);
    this.#segment = new SegmentWriter(directory, name, 1);
  }

  append(count: number): void {
    for (let n = 0; n < count; n++) {
      const line = JSON.stringify(event(`${this.name}:${++this.#events}`, { session: this.name }));
      this.#segment.write(new TextEncoder().encode(line + "\n"), 1);
    }
  }

  rotate(): void {
    this.#segment.close();
    this.#segment = new SegmentWriter(this.#directory, this.name, this.#segment.number + 1);
  }

  /** Ends; with half of a line where it was writing one. */
  end(torn: boolean): void {
    if (torn) {
      Deno.writeTextFileSync(this.#segment.path, '{"id":"TORN","time":1,"type":"sta', { append: true });
    }
    this.#segment[Symbol.dispose]();
    this.#lock.close();
  }

  get events(): string[] {
    return Array.from({ length: this.#events }, (_, n) => `${this.name}:${n + 1}`);
  }
}

type Step =
  | { readonly do: "start" }
  | { readonly do: "append"; readonly writer: number; readonly count: number }
  | { readonly do: "rotate"; readonly writer: number }
  | { readonly do: "end"; readonly writer: number; readonly torn: boolean }
  | { readonly do: "import"; readonly calls: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("start" as const) }),
  fc.record({ do: fc.constant("append" as const), writer: fc.nat(9), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant("rotate" as const), writer: fc.nat(9) }),
  fc.record({ do: fc.constant("end" as const), writer: fc.nat(9), torn: fc.boolean() }),
  fc.record({ do: fc.constant("import" as const), calls: fc.nat(60) }),
);

Deno.test("however appends, imports and their ends interleave, each event is chained once and in its process's order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      await withDirectory((dataDir) => {
        const directory = journalDirectory(dataDir);
        Deno.mkdirSync(directory);
        const now = () => 1_700_000_000_000;
        const importOnce = (calls: number) => {
          const database = openDatabase(dataDir);
          try {
            const importer = new Importer({
              database: mortal(database, calls),
              directory,
              maxDigests: 10,
              newId: createIdMaker(),
              now,
            });
            for (const _ of importer.run());
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
          } finally {
            database.close();
          }
        };
        const all: Writer[] = [];
        const living: Writer[] = [];
        for (const one of steps) {
          if (one.do === "start") {
            const writer = new Writer(directory, `p${all.length}`);
            all.push(writer);
            living.push(writer);
          } else if (one.do === "import") importOnce(one.calls);
          else {
            const index = one.writer % Math.max(1, living.length);
            const writer = living[index];
            if (writer === undefined) continue;
            if (one.do === "append") writer.append(one.count);
            else if (one.do === "rotate") writer.rotate();
            else {
              writer.end(one.torn);
              living.splice(index, 1);
            }
          }
        }
        for (const writer of living) writer.end(false);
        importOnce(Infinity);
        const store = open(dataDir);
        const records = store.audit({ limit: 1000 }).toReversed();
        store.close();
        for (const writer of all) {
          assert.deepEqual(
            records.filter(({ session }) => session === writer.name).map(({ id }) => id),
            writer.events,
          );
        }
        assert.equal(records.length, all.reduce((sum, { events }) => sum + events.length, 0));
        assert.deepEqual(filesIn(directory), []);
        const reader = new AuditReader(dataDir);
        assert.equal(reader.verify(() => {}).broken, undefined);
        reader.close();
      });
    }),
    { numRuns: 20 },
  );
});

Deno.test("lines that are no events are told of, and the others come in", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir });
    recorder.record(event("A"));
    const [segment] = filesIn(`${dataDir}/journal`).filter((name) => name.endsWith(".ndjson"));
    Deno.writeTextFileSync(`${dataDir}/journal/${segment}`, "\0\0\0\0\n[1]\n", { append: true });
    recorder.record(event("B"));
    recorder.close();
    const store = open(dataDir);
    store.flush();
    const records = store.audit({ limit: 10 }).toReversed();
    assert.deepEqual(records.map(({ id, action }) => action === "journal_damaged" ? action : id), [
      "A",
      "B",
      "journal_damaged",
    ]);
    assert.equal(records[2]?.detail?.lines, 2);
    store.close();
  }));

Deno.test("a living process's journal is left to it, and what it still held is lost once it ends", () =>
  withDirectory((dataDir) => {
    const recorder = openRecorder({ dataDir });
    recorder.record(event("H1", { action: "hold", detail: { until: 9 } }));
    recorder.record(event("H2", { action: "hold" }));
    recorder.record(
      event("X", { type: "approval", action: "approved", about: "H2", by: "alice", reason: "fine" }),
    );
    const store = open(dataDir);
    store.flush();
    assert.deepEqual([store.approval("H1")?.state, store.approval("H1")?.until], ["pending", 9]);
    const { state, decided_by, decision_reason } = store.approval("H2") ?? {};
    assert.deepEqual([state, decided_by, decision_reason], ["approved", "alice", "fine"]);
    recorder.close();
    store.flush();
    assert.equal(store.approval("H1")?.state, "lost");
    assert.equal(store.audit({ limit: 1 })[0]?.about, "H1");
    assert.deepEqual(store.approvals({ states: ["approved"], limit: 9 }).map(({ id }) => id), ["H2"]);
    store.close();
  }));
