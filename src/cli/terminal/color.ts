import type { Environment } from "../../config/mod.ts";

/** What `--color` takes. */
export const COLOR_CHOICES = ["auto", "always", "never"] as const;
export type ColorChoice = typeof COLOR_CHOICES[number];

/**
 * Whether a stream gets colour: `--color` first, then NO_COLOR (when not empty), FORCE_COLOR (`0` and `false` are no),
 * TERM=dumb, and last whether the stream is a terminal.
 */
export function wantsColor(choice: ColorChoice, env: Environment, isTerminal: boolean): boolean {
  if (choice !== "auto") return choice === "always";
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.TERM === "dumb") return false;
  return isTerminal;
}

/** Whether text beyond ASCII will be shown as meant: a UTF-8 locale, or a Windows terminal that is known to. */
export function wantsUnicode(env: Environment, os: string): boolean {
  if (os === "windows") return Boolean(env.WT_SESSION || env.TERM_PROGRAM);
  if (env.TERM === "linux") return false;
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
}
