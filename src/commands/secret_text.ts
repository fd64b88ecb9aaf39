import { UsageError } from "../base/errors.ts";
import { Secret } from "../base/secret.ts";
import { type VariableName, variableText } from "../config/mod.ts";
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

/** What a variable of the environment says; of a secret also by the file that NAME_FILE names. Errors: `UsageError`. */
export function variable<Name extends VariableName>({ env }: Pick<CommandContext, "env">, name: Name) {
  return variableText(env, name, readSecretFile);
}

/** PlanetScale's service token and what it is for, as far as the environment says. */
export function serviceToken(context: Pick<CommandContext, "env">): ServiceToken {
  const secret = variable(context, "serviceToken");
  return {
    id: variable(context, "serviceTokenId"),
    secret: secret === undefined ? undefined : new Secret(secret),
    organization: variable(context, "organization"),
    database: variable(context, "database"),
    branch: variable(context, "branch"),
  };
}
