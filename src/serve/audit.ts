import type { AuditHealth } from "../contract/stats.ts";
import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/mod.ts";
import { claimDirectory } from "../store/directory_claim.ts";
import { type OpenRecorder, openRecorder } from "../store/journal_recorder.ts";
import { openStore } from "../store/open_store.ts";
import type { Store } from "../store/store.ts";

/** What a serving process, or the supervisor of several, keeps: its journal and the database. */
export interface ServeAudit {
  readonly recorder: OpenRecorder;
  readonly store: Store;
  /** The worse of the two. */
  state(): AuditHealth;
  /** Brings in what is left and closes. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * Opens both. Where the database cannot be used, GATEKEEPER_AUDIT_ON_FAILURE=refuse rejects with StoreError; else it is
 * logged, tried on, and what is recorded waits in the journal.
 */
export async function openServeAudit(config: Config, logger: Logger): Promise<ServeAudit> {
  const store = await openStore({
    dataDir: config.dataDir,
    keepMs: config.auditKeepDays * DAY_MS,
    maxAuditBytes: config.auditMaxBytes,
    required: config.auditOnFailure === "refuse",
    logger,
  });
  const recorder = openRecorder({ dataDir: config.dataDir });
  const claim = claimDirectory(config.dataDir, logger);
  return {
    recorder,
    store,
    state: () => {
      const written = recorder.state();
      const { healthy, problem, evicted } = store.state();
      return {
        ...written,
        healthy: written.healthy && healthy,
        problem: written.problem ?? problem ?? null,
        evicted,
      };
    },
    close: async () => {
      recorder.close();
      await store.close();
      claim.release();
    },
  };
}
