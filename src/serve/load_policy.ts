import { createHash } from "node:crypto";
import { dirname, isAbsolute, join } from "node:path";
import { ConfigError, ConfigErrors } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import type { Logger } from "../base/logger.ts";
import { type Config, type ConfigWarning, isPlanetScale } from "../config/mod.ts";
import { parsePolicyFile } from "../config/policy_file.ts";
import { SourceError } from "../base/errors.ts";
import { builtInPolicy, compilePolicy, type PolicySetting } from "../risk/policy/compile.ts";
import type { Policy } from "../risk/policy/policy.ts";
import { POLICY_VOCABULARY } from "../risk/policy/vocabulary.ts";

/** A policy that has been read, its shadow too. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** Evaluated beside the policy; changes nothing. */
  readonly shadow?: Policy;
  /** What works and is hardly meant, of both files. */
  readonly warnings: readonly SourceError[];
  /** SHA-256 of the file, and of the shadow's, in hexadecimal; undefined for the built-in policy. */
  readonly sha256?: string;
  readonly shadowSha256?: string;
}

/** What a policy depends on beside its file. */
type MachineSetting = Omit<PolicySetting, "source">;

/** What a configuration says that a policy depends on. */
export function policySetting(config: Pick<Config, "backendHost">): MachineSetting {
  return { planetScale: isPlanetScale(config.backendHost) };
}

/**
 * Reads a policy file and the shadow that it names; without a path, the built-in policy. Throws ConfigErrors with every
 * mistake of a file, each a SourceError with line and column; ConfigError where a file cannot be read.
 */
export function loadPolicy(path: string | undefined, setting: MachineSetting): LoadedPolicy {
  if (path === undefined) return { policy: builtInPolicy(setting.planetScale), warnings: [] };
  const { policy, warnings, sha256 } = readPolicy(path, setting);
  if (policy.shadow === undefined) return { policy, warnings, sha256 };
  const shadowPath = isAbsolute(policy.shadow) ? policy.shadow : join(dirname(path), policy.shadow);
  const shadow = readPolicy(shadowPath, setting);
  return {
    policy,
    shadow: shadow.policy,
    warnings: [...warnings, ...shadow.warnings],
    sha256,
    shadowSha256: shadow.sha256,
  };
}

/** What is wrong with a policy, as the checks of a configuration tell it. */
export function checkPolicy(
  path: string | undefined,
  setting: MachineSetting,
): { readonly problems: readonly ConfigError[]; readonly warnings: readonly ConfigWarning[] } {
  try {
    const { warnings } = loadPolicy(path, setting);
    return {
      problems: [],
      warnings: warnings.map(({ key, message, hint }) => ({ key, message, hint: hint ?? "Mend the policy" })),
    };
  } catch (error) {
    if (error instanceof ConfigErrors) return { problems: error.problems, warnings: [] };
    if (error instanceof ConfigError) return { problems: [error], warnings: [] };
    throw error;
  }
}

/** Logs why a policy was not taken over, a line for each mistake. */
export function logPolicyError(logger: Logger, error: unknown): void {
  const problems: readonly unknown[] = error instanceof ConfigErrors ? error.problems : [error];
  for (const problem of problems) {
    if (problem instanceof SourceError) {
      const { file, line, column, detail, hint } = problem;
      logger.error("policy not loaded, the old one stays", { file, line, column, problem: detail, hint });
    } else if (problem instanceof ConfigError) {
      logger.error("policy not loaded, the old one stays", { problem: problem.message, hint: problem.hint });
    } else logger.error("policy not loaded, the old one stays", { error: problem });
  }
}

/** One file, its shadow left unread. */
function readPolicy(
  path: string,
  setting: MachineSetting,
): Required<Pick<LoadedPolicy, "policy" | "warnings" | "sha256">> {
  const text = readText(path);
  const { file, errors, warnings } = parsePolicyFile(text, path, POLICY_VOCABULARY);
  if (file === undefined) throw new ConfigErrors(errors, `${errors.length} mistakes in the policy ${path}`);
  return {
    policy: compilePolicy(file, { source: path, ...setting }),
    warnings,
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new ConfigError("policy_file", `The policy ${path} cannot be read: ${reasonOf(error)}`, {
      hint:
        "Correct the path (GATEKEEPER_POLICY_FILE, or shadow in a policy), or let this user read the file",
      cause: error,
    });
  }
}
