import { checkDataDir, checkFiles, isLoopback } from "../../config/mod.ts";
import { weaknessOf } from "../admin_key.ts";
import { caution, type CheckContext, failure, type Finding, type Outcome, type RunCheck } from "../check.ts";
import { formatTarget } from "../notes.ts";

/** Said by a check of its own. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  "GATEKEEPER_BACKEND_TLS_CA_FILE",
  "GATEKEEPER_LISTEN_HOST",
  "ADMIN_API_KEY",
]);

export const configCheck: RunCheck = {
  id: "config",
  title: "the configuration parses, contradicts nothing, and ADMIN_API_KEY is no easy guess",
  per: "run",
  needs: [],
  limitMs: 5000,
  run: ({ input }) => checkConfig(input),
};

function checkConfig(input: CheckContext["input"]): Outcome {
  const { problems, warnings, sources } = input.inspected;
  const findings: Finding[] = [];
  for (const { key, message, hint } of problems) {
    if (ELSEWHERE.has(key) && key !== "ADMIN_API_KEY") continue;
    findings.push(failure("config.invalid", message, hint ?? "Correct the value"));
  }
  for (const { key, message, hint } of warnings) {
    if (!ELSEWHERE.has(key)) findings.push(caution("config.doubtful", message, hint));
  }
  findings.push(
    ...checkNamedFiles(input),
    ...checkDirectory(input),
    ...checkPolicy(input),
    ...checkAdminKey(input),
  );
  const set =
    Object.values(sources).filter((source) => source.from !== "default" && source.from !== "unset").length;
  const where = input.targets.map(formatTarget).join(" and ");
  const details = input.targetsFrom === "default"
    ? ["Neither --host nor GATEKEEPER_BACKEND_HOST is set: PlanetScale's public endpoints are checked"]
    : [];
  if (input.targetsFrom === "configuration" && input.inspected.sources.adminApiKey?.from === "unset") {
    details.push("ADMIN_API_KEY is not set: only /healthz, /readyz and /metrics answer");
  }
  if (input.tls.assumed) {
    details.push(
      `PlanetScale's recommended TLS settings: ${input.tls.mode}, ${input.tls.caFile ?? "no CA file"}`,
    );
  }
  return {
    summary: input.targetsFrom === "configuration"
      ? `${set} keys set; ${input.tls.mode} to ${where}`
      : `${input.tls.mode} to ${where}`,
    details,
    findings,
    facts: { tls_mode: input.tls.mode, assumed: input.tls.assumed, keys_set: set },
  };
}

/** Files that no other check looks at. */
function checkNamedFiles({ inspected: { config }, clock }: CheckContext["input"]): readonly Finding[] {
  const { backendTlsCert, backendTlsKey, proxyTlsClientCa } = config;
  const { problems, warnings } = checkFiles({ backendTlsCert, backendTlsKey, proxyTlsClientCa }, clock.now());
  return [
    ...problems.map(({ message, hint }) => failure("config.file", message, hint ?? "Correct the path")),
    ...warnings.map(({ message, hint }) => caution("config.file", message, hint)),
  ];
}

/** Where serve would keep its audit. */
function checkDirectory({ inspected: { config } }: CheckContext["input"]): readonly Finding[] {
  if (config.dataDir === undefined || config.dataDirRequired === undefined) return [];
  const problem = checkDataDir(config.dataDir);
  if (problem === undefined) return [];
  const fix = problem.hint ?? "Make it writable";
  return [
    config.dataDirRequired
      ? failure("config.data_dir", problem.message, fix)
      : caution("config.data_dir", problem.message, fix),
  ];
}

function checkPolicy({ policy }: CheckContext["input"]): readonly Finding[] {
  return [
    ...policy.problems.map(({ message, hint }) =>
      failure("config.policy", message, hint ?? "Correct the policy")
    ),
    ...policy.warnings.map(({ message, hint }) => caution("config.policy", message, hint)),
  ];
}

function checkAdminKey({ inspected: { config } }: CheckContext["input"]): readonly Finding[] {
  if (config.adminApiKey === undefined) return [];
  const weakness = weaknessOf(config.adminApiKey);
  if (weakness === undefined) return [];
  const exposed = config.apiHost !== undefined && !isLoopback(config.apiHost);
  const message = `ADMIN_API_KEY ${weakness}${exposed ? `, and the API listens on ${config.apiHost}` : ""}`;
  const fix = "Set ADMIN_API_KEY to the output of: openssl rand -hex 16";
  return [
    exposed ? failure("config.weak_admin_key", message, fix) : caution("config.weak_admin_key", message, fix),
  ];
}
