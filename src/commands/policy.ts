import { stringify } from "yaml";
import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { type ConfigInput, inspectConfig, isPlanetScale } from "../config/mod.ts";
import { policyJsonSchema } from "../config/policy_schema.ts";
import type { PolicyDefinition } from "../contract/policy_file.ts";
import { DEFAULT_ROLE, DEFAULT_THRESHOLDS } from "../risk/policy/definition.ts";
import type { CommandContext } from "./context.ts";
import { type LoadedPolicy, loadPolicy } from "../serve/load_policy.ts";
import { describeRoles } from "./policy_describe.ts";

/** Options of `querycop policy check`. */
export interface CheckPolicyOptions {
  /** The configured one where undefined. */
  readonly file: string | undefined;
  readonly config: ConfigInput;
}

/** Options of `querycop policy show`. */
export interface ShowPolicyOptions {
  readonly config: ConfigInput;
}

/** Checks a policy file and says what each of its roles does. */
export function checkPolicyFile(options: CheckPolicyOptions, context: CommandContext): Promise<ExitCode> {
  const path = options.file ?? configured(options.config).path;
  if (path === undefined) {
    throw new UsageError("No policy is named", {
      hint: "Name the file, or set GATEKEEPER_POLICY_FILE; querycop policy show prints the built-in policy",
    });
  }
  const loaded = loadPolicy(path, configured(options.config));
  const { policy, shadow, warnings } = loaded;
  if (context.format === "json") {
    context.stdout.line(JSON.stringify(
      {
        schema: "querycop.policy-check/1",
        ok: true,
        ...documentOf(loaded),
        warnings: warnings.map(({ file, line, column, detail, hint }) => ({
          file,
          line,
          column,
          message: detail,
          hint,
        })),
      },
      undefined,
      2,
    ));
    return Promise.resolve(EXIT_CODES.ok);
  }
  for (const { message, hint } of warnings) context.warn(message, hint);
  const { style } = context.stdout;
  const more = warnings.length === 0 ? "" : `, ${warnings.length} warning${warnings.length === 1 ? "" : "s"}`;
  context.stdout.line(
    `${style.green(style.marks.pass)} ${path} is good: ${policy.roles.length} role${
      policy.roles.length === 1 ? "" : "s"
    }${more}`,
  );
  context.stdout.line();
  describeRoles(policy, context.stdout);
  if (shadow !== undefined) {
    context.stdout.line();
    context.stdout.line(style.bold(`shadow: ${shadow.source}`));
    context.stdout.line(`  ${shadow.roles.length} roles, evaluated beside these and changing nothing`);
  }
  return Promise.resolve(EXIT_CODES.ok);
}

/** Prints the policy that serve would have in force, with what it leaves to the defaults. */
export function showPolicy(options: ShowPolicyOptions, context: CommandContext): Promise<ExitCode> {
  const setting = configured(options.config);
  const loaded = loadPolicy(setting.path, setting);
  for (const { message, hint } of loaded.warnings) context.warn(message, hint);
  const { source, definition } = loaded.policy;
  context.stdout.line(
    context.format === "json"
      ? JSON.stringify({ schema: "querycop.policy/1", ...documentOf(loaded) }, undefined, 2)
      : `# ${source}\n${
        stringify(inForce(definition), { lineWidth: 0, flowCollectionPadding: true }).trimEnd()
      }`,
  );
  return Promise.resolve(EXIT_CODES.ok);
}

/** Prints the JSON Schema of a policy file. */
export function printPolicySchema(context: CommandContext): Promise<ExitCode> {
  context.stdout.line(JSON.stringify(policyJsonSchema(), undefined, 2));
  return Promise.resolve(EXIT_CODES.ok);
}

/** The policy that a configuration names, and what it depends on; other keys may be wrong. */
export function configured(
  input: ConfigInput,
): { readonly path: string | undefined; readonly planetScale: boolean } {
  const { config, problems } = inspectConfig(input);
  const wrong = problems.find(({ key }) => key === "GATEKEEPER_POLICY_FILE" || key === "--config");
  if (wrong !== undefined) throw wrong;
  return { path: config.policyFile, planetScale: isPlanetScale(config.backendHost ?? "") };
}

function documentOf({ policy, shadow }: LoadedPolicy) {
  return {
    source: policy.source,
    policy: inForce(policy.definition),
    roles: policy.roles.map(({ definition }) => definition),
    shadow: shadow === undefined ? null : { source: shadow.source, policy: inForce(shadow.definition) },
  };
}

/** A definition with the defaults written out. */
function inForce(definition: PolicyDefinition): PolicyDefinition {
  const { version, thresholds, roles = [], ...rest } = definition;
  return {
    version,
    thresholds: { ...DEFAULT_THRESHOLDS, ...thresholds },
    ...rest,
    roles: roles.some(({ name }) => name === DEFAULT_ROLE) ? roles : [...roles, { name: DEFAULT_ROLE }],
  };
}
