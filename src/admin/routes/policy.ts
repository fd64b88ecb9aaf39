import { PolicySchema, ReloadedPolicySchema } from "../../contract/policy.ts";
import { ScoreAnswerSchema, ScoreRequestSchema } from "../../contract/score.ts";
import { recordFirst } from "../audited.ts";
import { json, refusal } from "../http.ts";
import { route } from "../route.ts";

const tag = "Policy";

/** The policy as it is, read again, and asked. */
export const POLICY_ROUTES = [
  route({
    method: "GET",
    path: "/v1/policy",
    tag,
    summary: "The policy in force, and where its shadow would have decided otherwise",
    answers: { 200: { description: "The policy", schema: PolicySchema } },
    handle: async ({ view }) => json(200, await view.policy()),
  }),
  route({
    method: "POST",
    path: "/v1/policy/reload",
    tag,
    summary: "Read the policy file again; with a mistake in it the old policy stays",
    answers: {
      200: {
        description: "The new policy is in force",
        schema: ReloadedPolicySchema,
      },
      422: { description: "The file has mistakes; `problems` has line and column of each" },
    },
    handle: async (context, request) => {
      const refused = recordFirst(context, request, { type: "admin", action: "policy_reload" });
      if (refused !== undefined) return refused;
      const result = await context.view.reloadPolicy();
      return result.ok ? json(200, { source: result.source, roles: result.roles }) : refusal(
        422,
        "policy_invalid",
        result.problems[0]?.message ?? "The policy cannot be used",
        { problems: result.problems },
      );
    },
  }),
  route({
    method: "POST",
    path: "/v1/score",
    tag,
    summary: "Judge a statement as it would be on the wire, without running or recording it",
    body: ScoreRequestSchema,
    answers: { 200: { description: "What would happen, and why", schema: ScoreAnswerSchema } },
    handle: async ({ view }, { body }) => json(200, await view.score(body)),
  }),
];
