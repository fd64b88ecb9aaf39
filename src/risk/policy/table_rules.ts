/** Tables that a role may not touch, may not write, or may empty. */

import { parseWildcard, type Wildcard } from "../../base/wildcard.ts";
import { matchesSchema } from "./schema_name.ts";
import type { TablesDefinition } from "../../contract/policy_file.ts";
import type { StatementView, TableUse } from "./policy.ts";

/** A pattern of tables. */
export interface TablePattern {
  /** Every schema where undefined. */
  readonly schema: Wildcard | undefined;
  readonly name: Wildcard;
}

/**
 * Reads `schema.table` or `table`, each part a pattern. Letters match in either case: whether a server tells `Users` from
 * `users` depends on its lower_case_table_names, and a rule must hold on both. Undefined for what is neither.
 */
export function parseTablePattern(text: string): TablePattern | undefined {
  const dot = /^((?:[^\\.]|\\.)*)\.(.*)$/su.exec(text);
  const name = parseWildcard(dot?.[2] ?? text, true);
  if (name === undefined || /(^|[^\\])(\\\\)*\./.test(dot?.[2] ?? "")) return undefined;
  if (dot === null) return { schema: undefined, name };
  const schema = parseWildcard(dot[1] ?? "", true);
  return schema === undefined ? undefined : { schema, name };
}

/** Why a statement may not run, for people: `table appdb.secrets is denied`. */
export class TableRules {
  readonly #deny: readonly TablePattern[];
  readonly #readOnly: readonly TablePattern[];
  readonly #disposable: readonly TablePattern[];

  constructor(definitions: readonly (TablesDefinition | undefined)[]) {
    this.#deny = patternsOf(definitions.flatMap((one) => one?.deny ?? []));
    this.#readOnly = patternsOf(definitions.flatMap((one) => one?.read_only ?? []));
    this.#disposable = patternsOf(definitions.flatMap((one) => one?.disposable ?? []));
  }

  /** Whether there are any. */
  get exist(): boolean {
    return this.#deny.length + this.#readOnly.length + this.#disposable.length > 0;
  }

  /** The objection to a statement run in a schema; undefined where there is none. */
  objection({ tables, tablesUncertain }: StatementView, schema: string): string | undefined {
    if (this.#deny.length + this.#readOnly.length === 0) return undefined;
    for (const use of tables) {
      if (this.#deny.some((pattern) => reaches(pattern, use, schema))) {
        return `${describe(use, schema)} is denied`;
      }
    }
    for (const use of tables) {
      if (use.write && this.#readOnly.some((pattern) => reaches(pattern, use, schema))) {
        return `${describe(use, schema)} is read-only`;
      }
    }
    return tablesUncertain ? "the tables of this statement cannot be told, which is denied" : undefined;
  }

  /** Whether every table that a statement changes may lose all its rows. */
  disposes({ tables, tablesUncertain }: StatementView, schema: string): boolean {
    if (this.#disposable.length === 0 || tablesUncertain) return false;
    const written = tables.filter((use) => use.write);
    return written.length > 0 &&
      written.every((use) => this.#disposable.some((pattern) => isSurely(pattern, use, schema)));
  }
}

/** Whether a pattern matches a table whose schema is known where the pattern asks for one. */
function isSurely(pattern: TablePattern, use: TableUse, current: string): boolean {
  const schema = use.schema ?? current;
  return use.name !== undefined && pattern.name.matches(use.name) &&
    (pattern.schema === undefined || schema !== "" && matchesSchema(pattern.schema, schema));
}

function patternsOf(texts: readonly string[]): TablePattern[] {
  return texts.flatMap((text) => parseTablePattern(text) ?? []);
}

/** A name whose schema is not known may be in any; a use of a whole schema is one of each of its tables. */
function reaches(pattern: TablePattern, use: TableUse, current: string): boolean {
  const schema = use.schema ?? current;
  if (pattern.schema !== undefined && schema !== "" && !matchesSchema(pattern.schema, schema)) return false;
  return use.name === undefined || pattern.name.matches(use.name);
}

function describe({ schema, name }: TableUse, current: string): string {
  const where = schema ?? current;
  if (name === undefined) return where === "" ? "the current schema" : `schema ${where}`;
  return `table ${where === "" ? "" : `${where}.`}${name}`;
}
