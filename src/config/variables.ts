import type { Environment } from "./keys.ts";

/** One variable that commands read beside the keys of a server's configuration. */
interface Variable {
  readonly env: string;
  /** Where nothing is set. */
  readonly fallback?: string;
  /** Read from the file that NAME_FILE names, too. */
  readonly secret?: true;
  /** Taken as it stands: white space and emptiness are part of it. */
  readonly verbatim?: true;
}

const VARIABLES = {
  serviceTokenId: { env: "PLANETSCALE_SERVICE_TOKEN_ID", secret: true },
  serviceToken: { env: "PLANETSCALE_SERVICE_TOKEN", secret: true },
  oldPassword: { env: "PLANETSCALE_OLD_PASSWORD", secret: true },
  organization: { env: "PLANETSCALE_ORG" },
  database: { env: "PLANETSCALE_DATABASE" },
  branch: { env: "PLANETSCALE_BRANCH" },
  planetScaleApiUrl: { env: "PLANETSCALE_API_URL", fallback: "https://api.planetscale.com" },
  planetScaleApiCaFile: { env: "PLANETSCALE_API_CA_FILE" },
  mysqlPassword: { env: "MYSQL_PWD", verbatim: true },
  githubStepSummary: { env: "GITHUB_STEP_SUMMARY" },
} as const satisfies Readonly<Record<string, Variable>>;

/** Name of such a variable in the code. */
export type VariableName = keyof typeof VARIABLES;

/** A variable's text, what the file holds that NAME_FILE names, or the default; `undefined` where there is none. */
export function variableText<Name extends VariableName>(
  env: Environment,
  name: Name,
  readSecret: (path: string, variable: string) => string,
): (typeof VARIABLES)[Name] extends { readonly fallback: string } ? string : string | undefined;
export function variableText(
  env: Environment,
  name: VariableName,
  readSecret: (path: string, variable: string) => string,
): string | undefined {
  const variable: Variable = VARIABLES[name];
  const direct = env[variable.env];
  if (variable.verbatim === true) return direct;
  if (direct?.trim()) return direct.trim();
  const file = variable.secret === true ? env[`${variable.env}_FILE`]?.trim() : undefined;
  return file ? readSecret(file, `${variable.env}_FILE`).trim() : variable.fallback;
}

/** Whether it is set to something. */
export function isVariableSet(env: Environment, name: VariableName): boolean {
  return (env[VARIABLES[name].env]?.trim() ?? "") !== "";
}

/** The variable as the environment names it, for messages. */
export function variableEnv(name: VariableName): string {
  return VARIABLES[name].env;
}

/** The user that this process runs as, by what shells and systems set. */
export function systemUser(env: Environment): string {
  return env.USER ?? env.LOGNAME ?? env.USERNAME ?? "unknown";
}
