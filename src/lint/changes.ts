/** What a branch adds, as git tells it. */

import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";

/** Lines added, from 1, both ends included; undefined for a file that is new as a whole. */
export type AddedLines = readonly (readonly [first: number, last: number])[];

/** Added lines by absolute path. */
export async function changedSince(revision: string, cwd: string): Promise<ReadonlyMap<string, AddedLines>> {
  if (revision.startsWith("-")) {
    throw new UsageError(`${revision} is no revision`, { hint: "Name a branch, tag or commit" });
  }
  const root = (await git(["rev-parse", "--show-toplevel"], cwd)).trim();
  const base = (await git(["merge-base", revision, "HEAD"], cwd)).trim();
  const changes = parseDiff(
    await git(["diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-prefix", "-M", base, "--"], cwd),
    root,
  );
  const untracked = await git(["ls-files", "--others", "--exclude-standard", "-z", "--full-name"], root);
  for (const path of untracked.split("\0")) {
    if (path !== "") changes.set(resolve(root, path), [[1, Infinity]]);
  }
  return changes;
}

/** Added lines from a diff without context. */
export function parseDiff(diff: string, root: string): Map<string, AddedLines> {
  const changes = new Map<string, (readonly [number, number])[]>();
  let current: (readonly [number, number])[] | undefined;
  let inHunk = 0;
  for (const line of diff.split("\n")) {
    if (inHunk > 0) {
      if (!line.startsWith("\\")) inHunk--;
      continue;
    }
    if (line.startsWith("+++ ")) {
      const path = unquote(line.slice(4).replace(/\t$/, ""));
      current = path === "/dev/null" ? undefined : [];
      if (current !== undefined) changes.set(resolve(root, path), current);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null || current === undefined) continue;
    const first = Number(hunk[2]);
    const count = Number(hunk[3] ?? 1);
    inHunk = Number(hunk[1] ?? 1) + count;
    if (count > 0) current.push([first, first + count - 1]);
  }
  return changes;
}

/** Whether lines `first` to `last` touch added ones. */
export function touches(added: AddedLines, first: number, last: number): boolean {
  return added.some(([from, to]) => first <= to && last >= from);
}

/** Git quotes names with odd characters: octal bytes in double quotes. */
function unquote(path: string): string {
  if (!path.startsWith('"')) return path;
  const bytes: number[] = [];
  const inner = path.slice(1, -1);
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] !== "\\") {
      bytes.push(...new TextEncoder().encode(inner[at] ?? ""));
      continue;
    }
    const octal = /^[0-7]{3}/.exec(inner.slice(at + 1))?.[0];
    if (octal === undefined) bytes.push((inner[++at] ?? "").charCodeAt(0));
    else {
      bytes.push(parseInt(octal, 8));
      at += 3;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

async function git(args: readonly string[], cwd: string): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("git", { args: [...args], cwd, stdout: "piped", stderr: "piped" })
      .output();
  } catch (cause) {
    throw new UsageError("--changed-since needs git, which cannot be started", {
      hint: "Install git",
      cause,
    });
  }
  if (output.success) return new TextDecoder().decode(output.stdout);
  const reason = new TextDecoder().decode(output.stderr).trim().split("\n")[0] ?? "";
  throw new UsageError(`git ${args[0]} failed: ${reason}`, {
    hint: "Run it inside the repository, and fetch the revision (a shallow clone may lack it)",
  });
}
