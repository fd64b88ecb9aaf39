import { type Config, type ConfigKey, KEYS } from "./keys.ts";

/** Keys whose default is the same on every machine. */
type FixedKey = {
  readonly [K in ConfigKey]: (typeof KEYS)[K]["fallback"] extends string ? K : never;
}[ConfigKey];

/** The value of a key that nobody set. */
export function defaultOf<Key extends FixedKey>(key: Key): Config[Key] {
  const { kind, fallback } = KEYS[key];
  return kind.schema.parse(fallback) as Config[Key];
}

/** PlanetScale's public endpoints. */
export const PLANETSCALE_HOSTS = ["aws.connect.psdb.cloud", "gcp.connect.psdb.cloud"] as const;
