/** Rights that querycop runs with, asking for no others later, and the runtime's features it uses (SO_REUSEPORT). */
export const RUNTIME_FLAGS: readonly string[] = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-run",
  "--unstable-net",
];

/** How this build was made. */
export type BuildKind = "source" | "compiled" | "self-extracting";

/** What runs now: the source, `deno compile`'s executable, or the runtime with the bundle beside it. */
export function buildKind(): BuildKind {
  if (Deno.build.standalone) return "compiled";
  return Deno.mainModule.endsWith(".ts") ? "source" : "self-extracting";
}

/**
 * The command and first arguments that start querycop again, whichever way this process was started; a subcommand and
 * its options follow them. The environment has to be passed on.
 */
export function selfCommand(): { readonly command: string; readonly args: readonly string[] } {
  const command = Deno.execPath();
  const kind = buildKind();
  if (kind === "compiled") return { command, args: [] };
  const alone = kind === "self-extracting" ? ["--no-config", "--no-lock", "--no-remote"] : [];
  return { command, args: ["run", "--quiet", "--no-prompt", ...alone, ...RUNTIME_FLAGS, Deno.mainModule] };
}
