import type { PolicyProblem, PolicyReload } from "../contract/policy.ts";
import { ConfigError, ConfigErrors, SourceError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/mod.ts";
import { type LoadedPolicy, loadPolicy, logPolicyError, policySetting } from "./load_policy.ts";
import type { PolicyInForce } from "./proxy_view.ts";

/** The policy of one process: read at its start and again when it is told to; a bad file leaves the old one. */
export class ServedPolicy implements PolicyInForce {
  readonly #config: Config;
  readonly #logger: Logger;
  #loaded: LoadedPolicy;
  #loadedAt = Date.now();
  /** Called with each policy that is taken over after the first. */
  onChange: (policy: LoadedPolicy) => void = () => {};

  /** Throws as {@link loadPolicy} does. */
  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.#loaded = loadPolicy(config.policyFile, policySetting(config));
    this.#warnOfHolds();
  }

  get current(): LoadedPolicy {
    return this.#loaded;
  }

  view(): ReturnType<PolicyInForce["view"]> {
    const { policy } = this.#loaded;
    return {
      source: policy.source,
      mode: this.#config.mode,
      roles: policy.roles.map(({ definition }) => ({ ...definition })),
      shadow: policy.shadow ?? null,
      sha256: this.#loaded.sha256 ?? null,
      loaded_at: this.#loadedAt,
    };
  }

  reload(): Promise<PolicyReload> {
    try {
      this.#loaded = loadPolicy(this.#config.policyFile, policySetting(this.#config));
    } catch (error) {
      logPolicyError(this.#logger, error);
      return Promise.resolve({ ok: false, problems: problemsOf(error) });
    }
    this.#loadedAt = Date.now();
    this.onChange(this.#loaded);
    const { policy, warnings } = this.#loaded;
    const roles = policy.roles.map(({ name }) => name);
    for (const { key, message, hint } of warnings) this.#logger.warn(message, { key, hint });
    this.#warnOfHolds();
    this.#logger.info("policy loaded", { source: policy.source, sha256: this.#loaded.sha256, roles });
    return Promise.resolve({ ok: true, source: policy.source, roles });
  }

  /** Whoever holds statements that nobody can approve makes their clients wait for nothing. */
  #warnOfHolds(): void {
    if (this.#config.adminApiKey !== undefined || this.#config.mode === "monitor") return;
    const holding = this.#loaded.policy.roles.filter(({ definition: { hold = [], thresholds = {} } }) =>
      hold.length > 0 || (thresholds.hold ?? 101) <= 100
    );
    if (holding.length === 0) return;
    this.#logger.warn("the policy holds statements, and without ADMIN_API_KEY nobody can approve them", {
      roles: holding.map(({ name }) => name),
      hint: "Set ADMIN_API_KEY; until then each waits for GATEKEEPER_HOLD_TIMEOUT and is refused",
    });
  }

  roleOf({ user, schema, client }: Parameters<PolicyInForce["roleOf"]>[0]): string {
    return this.#loaded.policy.roleFor({ user, schema, client: client.host }).name;
  }
}

function problemsOf(error: unknown): readonly PolicyProblem[] {
  const problems: readonly unknown[] = error instanceof ConfigErrors ? error.problems : [error];
  return problems.map((problem): PolicyProblem => {
    if (problem instanceof SourceError) {
      const { file, line, column, detail } = problem;
      return { file, line, column, message: detail };
    }
    return { message: problem instanceof ConfigError ? problem.message : String(problem) };
  });
}
