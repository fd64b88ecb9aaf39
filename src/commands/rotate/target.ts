import { UsageError } from "../../base/errors.ts";
import type { BranchRef } from "../../rotate/planetscale_api.ts";
import type { CommandContext } from "../context.ts";
import { serviceToken, variable } from "../secret_text.ts";
import type { RotateOptions } from "./options.ts";

/** The branch, from flags and environment. Errors: `UsageError` that names what is missing. */
export function branchTarget(options: RotateOptions, context: CommandContext): BranchRef {
  const { organization } = serviceToken(context);
  const named = {
    organization: options.organization ?? organization,
    database: options.database ?? variable(context, "database"),
    branch: options.branch ?? variable(context, "branch"),
  };
  const missing = Object.entries(named).filter(([, value]) => value === undefined).map(([name]) =>
    name === "organization" ? "--org" : `--${name}`
  );
  if (missing.length > 0) {
    throw new UsageError(
      `Which branch? ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not given`,
      {
        hint:
          "Give --org, --database and --branch, or PLANETSCALE_ORG, PLANETSCALE_DATABASE and PLANETSCALE_BRANCH",
      },
    );
  }
  return {
    organization: named.organization ?? "",
    database: named.database ?? "",
    branch: named.branch ?? "",
  };
}
