import { dirname } from "node:path";
import { ConfigError } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import { KEYS } from "./keys.ts";

/** Folder and file that a data directory has once querycop has served with it. */
const KEPT = ["journal", "querycop.db"];

/**
 * Why this user cannot keep anything in a data directory, which need not exist yet. Tried with a file that is removed
 * again. A disk that is full is no reason: that passes.
 */
export function checkDataDir(dataDir: string): ConfigError | undefined {
  try {
    const made = Deno.makeTempFileSync({ dir: existing(dataDir), prefix: ".querycop-" });
    Deno.removeSync(made);
    for (const name of KEPT) tryKept(`${dataDir}/${name}`);
    return undefined;
  } catch (error) {
    if (isPassing(error)) return undefined;
    const { env } = KEYS.dataDir;
    return new ConfigError(env, `${env} is ${dataDir}, which cannot be written: ${reasonOf(error)}`, {
      hint:
        `Make it writable for the user that runs querycop, or name another; ${KEYS.dataDirRequired.env}=false ` +
        "starts without it and keeps no audit",
      cause: error,
    });
  }
}

/** What was made by another user, such as root in a trial, stops the audit as the directory itself would. */
function tryKept(path: string): void {
  try {
    if (Deno.statSync(path).isDirectory) {
      Deno.removeSync(Deno.makeTempFileSync({ dir: path, prefix: ".querycop-" }));
    } else Deno.openSync(path, { write: true }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The directory, or the nearest one above it that exists. */
function existing(path: string): string {
  try {
    Deno.statSync(path);
    return path;
  } catch (error) {
    const above = dirname(path);
    if (!(error instanceof Deno.errors.NotFound) || above === path) throw error;
    return existing(above);
  }
}

/** ENOSPC and EDQUOT. */
function isPassing(error: unknown): boolean {
  return error instanceof Error && /\(os error (28|122)\)/.test(error.message);
}
