/** Why reading or writing failed, in words. */
export function reasonOf(error: unknown): string {
  return fileReason(error) ?? (error instanceof Error ? error.message : String(error));
}

/** Why reading or writing failed, in words; undefined for what no file system says. */
export function fileReason(error: unknown): string | undefined {
  for (const [kind, reason] of REASONS) if (error instanceof kind) return reason;
  if (!(error instanceof Error)) return undefined;
  const system = /^(.*?) \(os error \d+\)/.exec(error.message)?.[1];
  return system === undefined ? undefined : system.charAt(0).toLowerCase() + system.slice(1);
}

const REASONS = [
  [Deno.errors.PermissionDenied, "permission denied"],
  // The runtime keeps devices and other processes' files from every program that it runs.
  [Deno.errors.NotCapable, "it is a device or a file of the system"],
  [Deno.errors.NotFound, "it does not exist"],
  [Deno.errors.IsADirectory, "it is a directory"],
  [Deno.errors.NotADirectory, "part of its path is not a directory"],
  [Deno.errors.FilesystemLoop, "its symbolic links form a loop"],
] as const;
