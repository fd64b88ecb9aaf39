import { dirname } from "node:path";
import { UsageError } from "../base/errors.ts";

/**
 * Gives `to` the owner, group, mode, access list and extended attributes of `from`. Does nothing where `from` is not
 * there. Errors: `Error` where they come out different.
 */
export async function keepAttributes(from: string, to: string): Promise<void> {
  const wanted = await statIfThere(from);
  if (wanted === undefined || Deno.build.os === "windows") return;
  // Deno has no calls for access lists, and cp copies them. Without it there are the owner and the mode.
  const copied = await copyAttributes(from, to);
  const made = await Deno.stat(to);
  if (made.uid !== wanted.uid || made.gid !== wanted.gid) await Deno.chown(to, wanted.uid, wanted.gid);
  if (!copied) await Deno.chmod(to, modeOf(wanted));
  const after = await Deno.stat(to);
  if (after.uid !== wanted.uid || after.gid !== wanted.gid || modeOf(after) !== modeOf(wanted)) {
    throw new Error(
      `its owner ${wanted.uid}:${wanted.gid} and mode ${modeOf(wanted).toString(8)} cannot be kept`,
    );
  }
}

/**
 * Makes sure that a file can be replaced by another with the same attributes, without changing it; `staged` is a name beside it for a try. Errors: as of the
 * system, and `UsageError` with what to do.
 */
export async function assertReplaceable(path: string, staged: string): Promise<void> {
  const info = await statIfThere(path);
  if (info !== undefined && !info.isFile) throw new Error("it is not a regular file");
  if (info !== undefined) await Deno.readFile(path);
  try {
    await Deno.writeTextFile(staged, "", { createNew: true, mode: 0o600 });
    if (info === undefined) return;
    try {
      await keepAttributes(path, staged);
    } catch (cause) {
      throw new UsageError(`${cause instanceof Error ? cause.message : cause}`, {
        hint: `Run rotate as the file's owner or as root, or use --to exec:CMD`,
        cause,
      });
    }
  } finally {
    await Deno.remove(staged).catch(() => {});
  }
  if ((info.nlink ?? 1) > 1) {
    throw new UsageError("it has another hard link, which would keep the old pair", {
      hint: "Name a file with one name, or make the other a symbolic link",
    });
  }
  if (await isMountPoint(path)) {
    throw new UsageError("it is a mount of its own, so it cannot be replaced in one move", {
      hint: `Mount its directory in place of the file, or use --to exec:CMD`,
    });
  }
  const directory = await Deno.stat(dirname(path));
  const user = ((directory.mode ?? 0) & STICKY) === 0 ? null : Deno.uid();
  if (user !== null && user !== 0 && info.uid !== user && directory.uid !== user) {
    throw new UsageError(`only its owner may replace files in ${dirname(path)} (sticky bit)`, {
      hint: "Run rotate as the file's owner, or name a file in another directory",
    });
  }
}

/** Bit of a directory's mode. */
const STICKY = 0o1000;

/** Whether a file is mounted by itself, as containers do with single files: renaming over it fails with EBUSY. */
async function isMountPoint(path: string): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  let mounts: string;
  try {
    mounts = await Deno.readTextFile("/proc/self/mountinfo");
  } catch {
    return false; // No /proc: then the delivery itself says so, and a resume finds what was made.
  }
  return mounts.split("\n").some((line) => unescaped(line.split(" ")[4] ?? "") === path);
}

/** proc(5): space, tab, newline and backslash are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}

/** Whether cp could copy the attributes; it copies the access list with the mode. */
async function copyAttributes(from: string, to: string): Promise<boolean> {
  const args = Deno.build.os === "linux"
    ? ["--attributes-only", "--preserve=mode,ownership,xattr", "--", from, to]
    : undefined;
  if (args === undefined) return false;
  try {
    const { success } = await new Deno.Command("cp", { args, stdout: "null", stderr: "null" }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}

async function statIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function modeOf(info: Deno.FileInfo): number {
  return (info.mode ?? 0) & 0o7777;
}
