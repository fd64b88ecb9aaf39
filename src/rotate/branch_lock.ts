import { QuerycopError } from "../base/errors.ts";
import { type BranchTarget, formatTarget } from "./state.ts";

/** Held while a process works on a branch; the system lets go of it when the process ends, however it ends. */
export class BranchLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock for a run. Errors: `QuerycopError` `unsafe.locked` where another process has it, naming its run.
   */
  static async take(directory: string, target: BranchTarget, runId: string): Promise<BranchLock> {
    const file = await Deno.open(lockPath(directory, target), {
      read: true,
      write: true,
      create: true,
      mode: 0o600,
    });
    try {
      if (!(await tryForAMoment(file))) {
        const holder = await readAll(file);
        throw new QuerycopError(
          "unsafe.locked",
          `Another rotation of ${formatTarget(target)} is under way: run ${
            holder === "" ? "(unknown)" : holder
          }`,
          { hint: "Wait for it to end; querycop rotate status shows how far it is" },
        );
      }
      await file.truncate();
      await file.seek(0, Deno.SeekMode.Start);
      await file.write(new TextEncoder().encode(runId));
      return new BranchLock(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Whether some process holds a branch's lock now. */
  static async isHeld(directory: string, target: BranchTarget): Promise<boolean> {
    try {
      using file = await Deno.open(lockPath(directory, target), { read: true, write: true });
      return !(await file.tryLock(true));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Whoever only looks whether it is held holds it for a moment. */
async function tryForAMoment(file: Deno.FsFile): Promise<boolean> {
  for (let attempt = 1;; attempt++) {
    if (await file.tryLock(true)) return true;
    if (attempt === LOCK_ATTEMPTS) return false;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
}

const LOCK_ATTEMPTS = 5;
const LOCK_PAUSE_MS = 30;

/** The file stays when the lock is given up: removing it would let two processes lock two files of one name. */
function lockPath(directory: string, { organization, database, branch }: BranchTarget): string {
  return `${directory}/${[organization, database, branch].map(encodeURIComponent).join(",")}.lock`;
}

async function readAll(file: Deno.FsFile): Promise<string> {
  const buffer = new Uint8Array(64);
  const count = await file.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0)).trim();
}
