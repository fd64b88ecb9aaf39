import type { NewAuditEvent } from "../contract/audit.ts";
import { type ConfigInput, inspectConfig } from "../config/mod.ts";
import { createIdMaker } from "../base/ids.ts";
import { databasePath } from "../store/database.ts";
import { openRecorder } from "../store/journal_recorder.ts";
import { StoreDatabase } from "../store/store_database.ts";
import { storeProblem } from "../store/store_error.ts";

/** The data directory of a querycop that may be serving: what is changed here holds there within a second. */
export interface DataDirectory {
  readonly database: StoreDatabase;
  /** Records what is about to be done. Throws StoreError where that cannot be written, so that nothing is done unseen. */
  record(event: NewAuditEvent & { readonly id?: string }): void;
  readonly newId: () => string;
}

/** The data directory that a configuration names; other keys may be wrong. */
export function dataDirectoryOf(input: ConfigInput): string {
  const { config, problems } = inspectConfig(input);
  const wrong = problems.find(({ key }) => key === "GATEKEEPER_DATA_DIR" || key === "--config");
  if (config.dataDir === undefined) throw wrong ?? new Error("The data directory has a default");
  return config.dataDir;
}

/** Opens a data directory that a server has made, for one action. Throws StoreError, `missing` where there is none. */
export function withDataDirectory<T>(dataDir: string, action: (directory: DataDirectory) => T): T {
  const path = databasePath(dataDir);
  try {
    Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw storeProblem(
      "missing",
      path,
      "there is none, querycop has not served with this data directory yet",
    );
  }
  const newId = createIdMaker();
  const database = new StoreDatabase({
    dataDir,
    keepMs: 0,
    maxAuditBytes: Infinity,
    maxDigests: Infinity,
    imports: false,
  });
  const recorder = openRecorder({ dataDir });
  try {
    return action({
      database,
      newId,
      record: (event) => {
        if (recorder.record({ ...event, id: event.id ?? newId(), time: Date.now() })) return;
        throw storeProblem(
          "failed",
          path,
          `nothing was done, it cannot be recorded: ${recorder.state().problem}`,
        );
      },
    });
  } finally {
    recorder.close();
    database.close();
  }
}
