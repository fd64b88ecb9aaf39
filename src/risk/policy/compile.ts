import { canonicalTarget, parseLoginName } from "../../base/vitess_target.ts";
import type { PolicyDefinition } from "../../contract/policy_file.ts";
import { BUILT_IN_DEFINITION, DEFAULT_ROLE } from "./definition.ts";
import type { Policy, Role, Subject } from "./policy.ts";
import { CompiledRole } from "./role.ts";
import { RiskSettings } from "./risk_settings.ts";
import { Client, type MatchedSubject, RoleMatcher } from "./role_matcher.ts";

/** What a policy depends on beside its file. */
export interface PolicySetting {
  /** A path, or `built-in`. */
  readonly source: string;
  /** The database is PlanetScale's: what `target: auto` takes a Vitess for. */
  readonly planetScale: boolean;
}

/**
 * A policy ready to decide, from a definition that config/policy_file.ts has checked. The role `default` comes last,
 * whether it is defined or not.
 */
export function compilePolicy(definition: PolicyDefinition, setting: PolicySetting): Policy {
  const named = (definition.roles ?? []).filter(({ name }) => name !== DEFAULT_ROLE);
  const last = definition.roles?.find(({ name }) => name === DEFAULT_ROLE) ?? { name: DEFAULT_ROLE };
  const matched = named.map((role) => ({
    matcher: new RoleMatcher(role.match),
    role: new CompiledRole(role, definition),
  }));
  const fallback: Role = new CompiledRole(last, definition);
  const risk = new RiskSettings(definition.risk ?? {}, setting.planetScale ? "planetscale" : "vitess");
  return {
    source: setting.source,
    definition,
    shadow: definition.shadow,
    roles: [...matched.map(({ role }) => role), fallback],
    roleFor: (subject) => {
      const client = new Client(subject.client);
      const vitess = setting.planetScale ||
        subject.server !== undefined && risk.for(subject.server).target !== "mysql";
      const who = vitess ? vitessSubject(subject) : subject;
      return matched.find(({ matcher }) => matcher.matches(who, client))?.role ?? fallback;
    },
    riskOptions: (serverVersion) => risk.for(serverVersion),
  };
}

/** Who a session of Vitess is: what stands behind the name at login chooses no role, but what it works on. */
function vitessSubject(subject: Subject): MatchedSubject {
  const { user, target, workload } = parseLoginName(subject.user);
  const schema = subject.schema === "" ? target : subject.schema;
  return {
    ...subject,
    user,
    schema,
    target: canonicalTarget(schema),
    workload: subject.workload ?? workload,
  };
}

/** The policy without a file: what is critical is refused, nothing is held. */
export function builtInPolicy(planetScale: boolean): Policy {
  return compilePolicy(BUILT_IN_DEFINITION, { source: "built-in", planetScale });
}
