import type { Wildcard } from "../../base/wildcard.ts";

/**
 * Whether a pattern matches a schema, by its whole name or by that of the keyspace in it: vtgate takes `shop@replica`,
 * `shop/-80` and `shop:-80@rdonly` for the tables of `shop`.
 */
export function matchesSchema(pattern: Wildcard, schema: string): boolean {
  return pattern.matches(schema) || /[@:/]/.test(schema) && pattern.matches(schema.replace(/[@:/].*$/s, ""));
}
