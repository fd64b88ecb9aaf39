/** A policy in the words of its file: what a parser gives, and what is shown to people. */

/** Scores at and above which something happens; 101 for never. */
export interface ThresholdsDefinition {
  readonly warn?: number | undefined;
  readonly hold?: number | undefined;
  readonly block?: number | undefined;
}

/** Tables that are out of reach, or that may be emptied, as patterns `schema.table` or `table`. */
export interface TablesDefinition {
  readonly deny?: readonly string[] | undefined;
  readonly read_only?: readonly string[] | undefined;
  /** Tables that may lose all their rows. */
  readonly disposable?: readonly string[] | undefined;
}

/** Limits; 0 for none. */
export interface LimitsDefinition {
  readonly response_mb?: number | undefined;
  readonly window_mb?: number | undefined;
  readonly statements_per_second?: number | undefined;
  readonly rows?: number | undefined;
}

/** What may be said for all roles, and for one. */
export interface RulesDefinition {
  readonly thresholds?: ThresholdsDefinition | undefined;
  /** Selectors: see selectors.ts. */
  readonly allow?: readonly string[] | undefined;
  readonly hold?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly tables?: TablesDefinition | undefined;
  readonly limits?: LimitsDefinition | undefined;
  /** Longest hold inside an open transaction, such as `10s`; 0 refuses at once. */
  readonly hold_in_transaction?: string | 0 | undefined;
}

/** Who a role is for; what is given must all match, and one of each list. */
export interface MatchDefinition {
  /** Patterns of user names, case counting as in MySQL. */
  readonly users?: readonly string[] | undefined;
  /** Patterns of the session's current schema. */
  readonly schemas?: readonly string[] | undefined;
  /** Vitess: patterns of targets in the form `keyspace:shard@type|alias`. */
  readonly targets?: readonly string[] | undefined;
  /** Vitess: patterns of workloads. */
  readonly workloads?: readonly string[] | undefined;
  /** Ranges of client addresses. */
  readonly clients?: readonly string[] | undefined;
}

/** One role. */
export interface RoleDefinition extends RulesDefinition {
  readonly name: string;
  readonly match?: MatchDefinition | undefined;
  readonly only?: "learned" | undefined;
}

/** Settings of the rules; words as in lint-sql's querycop.yaml. */
export interface RiskDefinition {
  readonly target?: "auto" | "mysql" | "vitess" | "planetscale" | undefined;
  readonly vitess_version?: string | number | undefined;
  readonly sharded?: boolean | undefined;
  readonly safe_migrations?: boolean | undefined;
  readonly foreign_keys?: boolean | undefined;
  readonly large_tables?: readonly string[] | undefined;
  readonly sensitive_tables?: readonly string[] | undefined;
  readonly max_packet_mb?: number | undefined;
  readonly rules?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly enable?: readonly string[] | undefined;
  readonly weights?: Readonly<Record<string, number>> | undefined;
}

/** A whole policy. */
export interface PolicyDefinition extends RulesDefinition {
  readonly version: 1;
  readonly roles?: readonly RoleDefinition[] | undefined;
  readonly risk?: RiskDefinition | undefined;
  /** Path of a second policy, evaluated beside this one without effect; relative to the file. */
  readonly shadow?: string | undefined;
}
