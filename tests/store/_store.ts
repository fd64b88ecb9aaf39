import type { Digest } from "../../src/contract/digest.ts";
import type { AuditEvent } from "../../src/contract/audit.ts";
import { openRecorder } from "../../src/store/journal_recorder.ts";
import { type DatabaseOptions, StoreDatabase } from "../../src/store/store_database.ts";

/** Calls with a directory that is removed afterwards. */
export async function withDirectory(action: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "querycop-store-" });
  try {
    await action(directory);
  } finally {
    Deno.chmodSync(directory, 0o700);
    Deno.removeSync(directory, { recursive: true });
  }
}

/** A refused statement. */
export function event(id: string, more: Partial<AuditEvent> = {}): AuditEvent {
  const made = {
    id,
    time: 1_700_000_000_000,
    type: "statement",
    action: "refuse",
    user: "app",
    role: "default",
    session: "S1",
    digest: "d".repeat(64) as Digest,
    sql: "DELETE FROM `t`",
    findings: [{ code: "D001", name: "delete-without-where", score: 95 }],
    ...more,
  };
  // A test may name a type and an action that go together; the compiler cannot see that they do.
  return made as AuditEvent;
}

/** The database of a directory, opened with what tests usually want. */
export function open(
  dataDir: string,
  more: Partial<DatabaseOptions> = {},
  now?: () => number,
): StoreDatabase {
  return new StoreDatabase({
    dataDir,
    keepMs: 0,
    maxAuditBytes: Infinity,
    maxDigests: 100,
    imports: true,
    ...more,
  }, now);
}

/** Records events as a process of their own, brings them in and leaves the database closed. */
export function fill(dataDir: string, events: readonly AuditEvent[]): void {
  const recorder = openRecorder({ dataDir });
  for (const one of events) recorder.record(one);
  recorder.close();
  const store = open(dataDir);
  store.flush();
  store.close();
}

/** Names of the files in a directory. */
export function filesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}
