import type { Logger } from "../base/logger.ts";

/** How often a directory that another process has is tried again, in ms. */
const RETRY_MS = 5000;

/** Holds a data directory for one serving process, or goes on trying to. */
export interface DirectoryClaim {
  /** Whether this process has it. */
  held(): boolean;
  release(): void;
}

/**
 * Claims a data directory, and warns where another process serves with it: held statements, blocks and counts of two
 * would mix. It may be this one's predecessor, which drains. A directory that cannot be written is reported elsewhere.
 */
export function claimDirectory(dataDir: string, logger: Logger, retryMs: number = RETRY_MS): DirectoryClaim {
  const path = `${dataDir}/serve.lock`;
  let file: Deno.FsFile | undefined;
  let warned = false;
  const attempt = () => {
    const opened = open(path);
    if (opened === undefined) return;
    if (opened.tryLockSync(true)) {
      file = opened;
      clearInterval(timer);
      file.truncateSync();
      file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
      if (warned) {
        logger.info("no other querycop serves with the data directory any more", { data_dir: dataDir });
      }
      return;
    }
    opened.close();
    if (warned) return;
    warned = true;
    logger.warn("another querycop serves with the data directory", {
      data_dir: dataDir,
      pid: Deno.readTextFileSync(path).trim(),
      hint: "Give each its own GATEKEEPER_DATA_DIR; one that is draining and will end does no harm",
    });
  };
  const timer = setInterval(attempt, retryMs);
  Deno.unrefTimer(timer);
  attempt();
  return {
    held: () => file !== undefined,
    release: () => {
      clearInterval(timer);
      file?.close();
      file = undefined;
    },
  };
}

function open(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { create: true, write: true, mode: 0o600 });
  } catch {
    return undefined; // The journal, which meets the same, says so.
  }
}
