/** The configuration: every key, where its value comes from, and whether it can work. */
export { isUsualBundle, systemCaBundle } from "./ca_bundle.ts";
export { checkDataDir } from "./check_data_dir.ts";
export { checkFiles } from "./check_files.ts";
export { defaultOf, PLANETSCALE_HOSTS } from "./defaults.ts";
export type { ConfigWarning } from "./check_together.ts";
export { isLoopback, isPlanetScale } from "./check_together.ts";
export type { Config, ConfigKey, Environment, KeyDefinition } from "./keys.ts";
export { fileKeyOf, flagOf, keyEntries, KEYS } from "./keys.ts";
export type { InspectedConfig, LoadedConfig } from "./load.ts";
export { inspectConfig, loadConfig, requireGood } from "./load.ts";
export { configSchema } from "./schema.ts";
export { neededAccesses } from "./planetscale_token.ts";
export type { ApiGet, TokenFacts } from "./planetscale_api.ts";
export {
  accessesOn,
  checkToken,
  databasesOf,
  everyPage,
  parseApiUrl,
  readTokenFacts,
} from "./planetscale_api.ts";
export type { ConfigInput, Source } from "./source.ts";
export { isVariableSet, systemUser, variableEnv, type VariableName, variableText } from "./variables.ts";
