import { UsageError } from "../../base/errors.ts";

/** Where a pair is to go, as `--to` names it. */
export type SinkSpec =
  | { readonly kind: "env-file"; readonly path: string }
  | { readonly kind: "exec"; readonly command: string }
  | { readonly kind: "json" }
  | { readonly kind: "terminal" };

const HINT = "Write --to env-file:PATH, --to exec:CMD, --to json:- or --to terminal";

/** Reads `env-file:PATH`, `exec:CMD`, `json:-` and `terminal`. Errors: `UsageError`. */
export function parseSink(text: string): SinkSpec {
  if (text === "terminal") return { kind: "terminal" };
  const [, kind = "", rest = ""] = /^([a-z-]+):(.*)$/s.exec(text) ?? [];
  if (kind === "json" && rest === "-") return { kind: "json" };
  if (kind === "json") {
    throw new UsageError(`--to is "${text}", and json goes to standard output only`, { hint: HINT });
  }
  if (kind === "env-file" && rest !== "") return { kind: "env-file", path: rest };
  if (kind === "exec" && rest.trim() !== "") return { kind: "exec", command: rest };
  throw new UsageError(`--to is "${text}", which names no place for the new password`, { hint: HINT });
}

/** The command of `exec:CMD` that prints what a store holds; null for `none`. Errors: `UsageError`. */
export function parseReadBack(text: string): string | null {
  if (text === "none") return null;
  const command = text.startsWith("exec:") ? text.slice("exec:".length).trim() : "";
  if (command !== "") return command;
  throw new UsageError(`--read-back is "${text}", which is not a command`, {
    hint: "Write --read-back exec:CMD, or none for a store that cannot be read",
  });
}

/** The command of `exec:CMD`, which is all that hooks may be. Errors: `UsageError`. */
export function parseHook(text: string): string {
  const command = text.startsWith("exec:") ? text.slice("exec:".length).trim() : "";
  if (command !== "") return command;
  throw new UsageError(`--on-recycle is "${text}", which is not a command`, {
    hint: "Write --on-recycle exec:CMD",
  });
}
