import { basename, dirname } from "node:path";
import { keepAttributes } from "./file_attributes.ts";

/**
 * Puts a file in its place whole or not at all, mode 0600: a new file beside it is written and flushed, renamed over
 * it, and the directory is flushed, so that what was written before the promise resolves outlives a power cut.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  await moveInto(path, new TextEncoder().encode(text), () => Promise.resolve());
}

/** As {@link writeDurably}, with owner, mode and access list of the file that is there. Errors: where they cannot be kept. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await moveInto(path, bytes, (staged) => keepAttributes(path, staged));
}

async function moveInto(
  path: string,
  bytes: Uint8Array,
  prepare: (staged: string) => Promise<void>,
): Promise<void> {
  const directory = dirname(path);
  const staged = stagedName(path);
  try {
    using file = await Deno.open(staged, { write: true, createNew: true, mode: 0o600 });
    await writeAll(file, bytes);
    await prepare(staged);
    await file.sync();
    await Deno.rename(staged, path);
  } catch (error) {
    await Deno.remove(staged).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

/** A name for a file beside another, until it is whole. */
export function stagedName(path: string): string {
  return `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
}

/** Removes what processes left beside a file that ended between writing and renaming: it may hold a secret. */
export async function removeStaged(path: string): Promise<void> {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile && name.startsWith(prefix) && STAGED.test(name.slice(prefix.length))) {
      await Deno.remove(`${directory}/${name}`);
    }
  }
}

/** What is added to a file's name until it is whole. */
const STAGED = /^[0-9a-f]{8}\.tmp$/;

/** Flushes a directory, so that names made or removed in it outlive a power cut. Windows has no such thing. */
export async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path);
  await directory.sync();
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
