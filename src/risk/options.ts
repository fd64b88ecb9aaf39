/** What a verdict depends on beside the statement: the settings of a run, and what is known of the schema. */

import { EMPTY_SCHEMA, type SchemaFacts } from "./schema_facts.ts";

/** The server the statements are meant for. Vitess rules hold for `vitess` and `planetscale`. */
export type Target = "mysql" | "vitess" | "planetscale";

/** Settings that rules look at. One value is shared by all statements of a run or a proxy; it never changes. */
export interface RiskOptions {
  readonly target: Target;
  /** `file` is a script read as a whole, `wire` a text as one client sent it. */
  readonly mode: "file" | "wire";
  /** Tables live in a sharded keyspace. */
  readonly sharded: boolean;
  /** The branch refuses direct DDL (PlanetScale safe migrations). */
  readonly safeMigrations: boolean;
  /** Foreign key constraints are enabled for the database. */
  readonly foreignKeys: boolean;
  /** Server version as major * 10000 + minor * 100 + patch: 8.0.34 is 80034, 9.7.0 is 90700. */
  readonly serverVersion: number;
  /** Vitess version in the same form: 24.0.4 is 240004. */
  readonly vitessVersion: number;
  /** Lower-case names (`orders`, `shop.orders`) of tables too large to change in one statement. */
  readonly largeTables: ReadonlySet<string>;
  /** Lower-case names of tables that hold personal or secret data; added to the built-in list. */
  readonly sensitiveTables: ReadonlySet<string>;
  /** The server's max_allowed_packet in bytes. */
  readonly maxPacketBytes: number;
  /** How many statements a transaction may have before it is called long. */
  readonly maxTransactionStatements: number;
  /** Lower the score of locking DDL on tables that the same file created. */
  readonly discountNewTables: boolean;
  /** Codes of the rules that run; undefined for the target's default set. */
  readonly rules: ReadonlySet<string> | undefined;
  /** Codes of rules that do not run. */
  readonly ignored: ReadonlySet<string>;
  /** Codes of opt-in rules that run in addition to the default set. */
  readonly enabled: ReadonlySet<string>;
  /** Base scores that replace the rules' own, by code. */
  readonly weights: ReadonlyMap<string, number>;
  /** What is known of the tables when the run starts. */
  readonly schema: SchemaFacts;
}

/**
 * PlanetScale, unsharded, safe migrations and foreign keys off, MySQL 8.0.40: what nothing else was said about. Vitess 23 is
 * the newest that PlanetScale is known to run: its public fork was at 23.0.0-SNAPSHOT in June 2025.
 */
export const DEFAULT_RISK_OPTIONS: RiskOptions = {
  target: "planetscale",
  mode: "file",
  sharded: false,
  safeMigrations: false,
  foreignKeys: false,
  serverVersion: 80040,
  vitessVersion: 230000,
  largeTables: new Set(),
  sensitiveTables: new Set(),
  maxPacketBytes: 64 * 1024 * 1024,
  maxTransactionStatements: 1000,
  discountNewTables: true,
  rules: undefined,
  ignored: new Set(),
  enabled: new Set(),
  weights: new Map(),
  schema: EMPTY_SCHEMA,
};

/** What is known of the file a statement stands in. */
export interface FileFacts {
  /** An earlier statement of the file created the table (or view) of this name, and none dropped it since. */
  created(name: string): boolean;
  /** The file looks like what mysqldump and its relatives write. */
  readonly dump: boolean;
}

/** What a rule may look at beside the statement. */
export interface RuleContext {
  readonly options: RiskOptions;
  /** Tables as far as they are known at this statement. */
  readonly schema: SchemaFacts;
  /** Undefined for a statement judged on its own. */
  readonly file: FileFacts | undefined;
  /** On the wire: another statement came before this one in the same text. A verdict is kept apart by it. */
  readonly stacked?: boolean;
}
