import { UsageError } from "../base/errors.ts";
import { Secret } from "../base/secret.ts";
import type { ServiceToken } from "../doctor/input.ts";
import type { CommandContext } from "./context.ts";

/** The text of a file that holds a password, without its last line's end. Errors: `UsageError`. */
export function readSecretFile(path: string, option = "--password-file"): string {
  try {
    return Deno.readTextFileSync(path).replace(/\r?\n$/, "");
  } catch (error) {
    throw new UsageError(`Cannot read the password file ${path}`, {
      hint: `Correct the path given with ${option}, or let this user read it`,
      cause: error,
    });
  }
}

/** A variable of the environment, or what the file holds that `NAME_FILE` names; `undefined` where neither is set. */
export function variableText({ env }: Pick<CommandContext, "env">, name: string): string | undefined {
  const direct = env[name]?.trim();
  if (direct) return direct;
  const file = env[`${name}_FILE`]?.trim();
  return file ? readSecretFile(file, `${name}_FILE`).trim() : undefined;
}

/** PlanetScale's service token and what it is for, as far as the environment says. */
export function serviceToken(context: Pick<CommandContext, "env">): ServiceToken {
  const secret = variableText(context, "PLANETSCALE_SERVICE_TOKEN");
  return {
    id: variableText(context, "PLANETSCALE_SERVICE_TOKEN_ID"),
    secret: secret === undefined ? undefined : new Secret(secret),
    organization: context.env.PLANETSCALE_ORG?.trim() || undefined,
    database: context.env.PLANETSCALE_DATABASE?.trim() || undefined,
  };
}
