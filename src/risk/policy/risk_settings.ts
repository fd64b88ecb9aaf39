import { versionOf } from "../../sql/server_version.ts";
import { DEFAULT_RISK_OPTIONS, type RiskOptions, type Target } from "../options.ts";
import { ALL_RULES } from "../registry.ts";
import type { RiskDefinition } from "../../contract/policy_file.ts";
import { parseSelector } from "./selectors.ts";

const MB = 1024 * 1024;
/** Servers' versions for which settings are kept; there are few, and a hostile server may claim any. */
const MOST_VERSIONS = 64;

/** Settings of the rules, made once for each kind and version of server. */
export class RiskSettings {
  readonly #definition: RiskDefinition;
  readonly #vitess: Target;
  readonly #common: Partial<RiskOptions>;
  readonly #byVersion = new Map<string, RiskOptions>();

  /** `vitess` is the target that `auto` stands for where the server is a Vitess. */
  constructor(definition: RiskDefinition, vitess: "vitess" | "planetscale") {
    this.#definition = definition;
    this.#vitess = vitess;
    const lower = (names: readonly string[] | undefined) =>
      new Set(names?.map((name) => name.toLowerCase()) ?? []);
    this.#common = {
      mode: "wire",
      vitessVersion: definition.vitess_version === undefined
        ? DEFAULT_RISK_OPTIONS.vitessVersion
        : versionOf(`${definition.vitess_version}.0`).version,
      sharded: definition.sharded ?? DEFAULT_RISK_OPTIONS.sharded,
      safeMigrations: definition.safe_migrations ?? DEFAULT_RISK_OPTIONS.safeMigrations,
      foreignKeys: definition.foreign_keys ?? DEFAULT_RISK_OPTIONS.foreignKeys,
      largeTables: lower(definition.large_tables),
      sensitiveTables: lower(definition.sensitive_tables),
      maxPacketBytes: definition.max_packet_mb === undefined
        ? DEFAULT_RISK_OPTIONS.maxPacketBytes
        : definition.max_packet_mb * MB,
      rules: definition.rules === undefined ? undefined : codesOf(definition.rules, false),
      ignored: codesOf(definition.ignore ?? [], true),
      enabled: codesOf(definition.enable ?? [], true),
      weights: weightsOf(definition.weights ?? {}),
    };
  }

  /** For a server by its greeting's version text; the same object for servers that are judged alike. */
  for(serverVersion: string): RiskOptions {
    const { dialect, version } = versionOf(serverVersion);
    const target = this.#target(serverVersion, dialect);
    const key = `${target} ${version}`;
    let options = this.#byVersion.get(key);
    if (options === undefined) {
      options = { ...DEFAULT_RISK_OPTIONS, ...this.#common, target, serverVersion: version };
      if (this.#byVersion.size >= MOST_VERSIONS) this.#byVersion.clear();
      this.#byVersion.set(key, options);
    }
    return options;
  }

  #target(serverVersion: string, dialect: "mysql" | "mariadb"): Target {
    const { target = "auto" } = this.#definition;
    if (target !== "auto") return target;
    return dialect === "mysql" && /vitess|planetscale/i.test(serverVersion) ? this.#vitess : "mysql";
  }
}

/** Codes of the rules that words name; of a group its opt-in rules only with `optIn`. */
function codesOf(words: readonly string[], optIn: boolean): Set<string> {
  const optional = new Set(ALL_RULES.filter((rule) => rule.optIn === true).map((rule) => rule.code));
  return new Set(
    words.flatMap((word) => {
      const codes = [...(parseSelector(word)?.rules ?? [])];
      return codes.length === 1 || optIn ? codes : codes.filter((code) => !optional.has(code));
    }),
  );
}

function weightsOf(weights: Readonly<Record<string, number>>): Map<string, number> {
  return new Map(
    Object.entries(weights).flatMap(([word, score]) =>
      [...(parseSelector(word)?.rules ?? [])].map((code) => [code, score] as const)
    ),
  );
}
