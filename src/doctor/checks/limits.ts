import { type DescriptorLimit, descriptorLimit, descriptorsFor } from "../../base/descriptor_limit.ts";
import { caution, type CheckContext, notApplicable, type Outcome, type RunCheck } from "../check.ts";

export const limitsCheck: RunCheck = {
  id: "limits",
  title: "this process may have as many sockets open as GATEKEEPER_MAX_CONNECTIONS needs",
  per: "run",
  needs: [],
  limitMs: 2000,
  run: checkLimits,
};

async function checkLimits({ input }: CheckContext): Promise<Outcome> {
  const { maxConnections } = input.inspected.config;
  if (input.targetsFrom !== "configuration" || maxConnections === undefined) {
    return notApplicable("no deployment is configured");
  }
  const limit = await descriptorLimit();
  if (limit === undefined) return notApplicable("this system does not tell its limit of open files");
  return judgeLimit(maxConnections, limit);
}

/** Whether a limit of open files is enough for so large a GATEKEEPER_MAX_CONNECTIONS. */
export function judgeLimit(maxConnections: number, limit: DescriptorLimit): Outcome {
  const needed = descriptorsFor(maxConnections);
  const facts = {
    max_connections: maxConnections,
    needed,
    soft: number(limit.soft),
    hard: number(limit.hard),
  };
  const summary = `${text(limit.soft)} open files allowed, ${needed} needed`;
  if (limit.soft >= needed) return { summary, facts };
  const message = `GATEKEEPER_MAX_CONNECTIONS is ${maxConnections}, which needs ${needed} open files, and ${
    text(limit.soft)
  } are allowed`;
  const fix = limit.hard >= needed
    ? `Raise the limit: ulimit -n ${needed}, or LimitNOFILE=${needed} in the systemd unit`
    : `Raise the limit to ${needed} (LimitNOFILE, --ulimit nofile), or lower GATEKEEPER_MAX_CONNECTIONS`;
  return { summary, findings: [caution("limits.descriptors", message, fix)], facts };
}

function text(limit: number): string {
  return limit === Infinity ? "unlimited" : String(limit);
}

/** JSON has no infinity. */
function number(limit: number): number | null {
  return limit === Infinity ? null : limit;
}
