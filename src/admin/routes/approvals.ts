import { type Approval, ApprovalSchema, type Resolution } from "../../contract/approval.ts";
import { type ApprovedDigest, ApprovedDigestSchema } from "../../contract/override.ts";
import { APPROVAL_STATES } from "../../contract/words.ts";
import * as z from "zod";
import { json, refusal } from "../http.ts";
import { route, type RouteContext } from "../route.ts";
import { by, count, lasts, reason } from "../request_fields.ts";
import { recordFirst } from "../audited.ts";

const tag = "Approvals";
/** How long the approval of a digest holds where the request does not say, in ms. */
const USUAL_LASTS_MS = 3_600_000;

const One = z.strictObject({ approval: ApprovalSchema });
const answers = {
  200: { description: "Decided", schema: One },
  404: { description: "No held statement has this id" },
  409: { description: "It has been decided, has timed out, or its client has gone" },
};

/** Statements that wait, and how others ended. */
export const APPROVAL_ROUTES = [
  route({
    method: "GET",
    path: "/v1/approvals",
    tag,
    summary: "Held statements: those that wait now, oldest first, or those that have ended, newest first",
    query: z.strictObject({
      state: z.enum([...APPROVAL_STATES, "all"]).optional(),
      limit: count(1, 1000).optional(),
    }),
    answers: {
      200: {
        description: "The statements; `pending` where no state is asked for",
        schema: z.strictObject({ approvals: z.array(ApprovalSchema) }),
      },
    },
    handle: async ({ view, store }, { query: { state = "pending", limit = 100 } }) => {
      const live = state === "pending" || state === "all" ? await view.held() : [];
      if (state === "pending") return json(200, { approvals: live.slice(0, limit) });
      await store.flush();
      const states = state === "all" ? APPROVAL_STATES.filter((each) => each !== "pending") : [state];
      const ended = await store.approvals({ states, limit: limit });
      return json(200, { approvals: [...live, ...ended].slice(0, limit) });
    },
  }),
  route({
    method: "GET",
    path: "/v1/approvals/{id}",
    tag,
    summary: "One held statement, as it waits or as it ended",
    answers: {
      200: { description: "The statement", schema: One },
      404: { description: "No held statement has this id" },
    },
    handle: async (context, { path: { id = "" } }) => {
      const approval = await find(context, id);
      return approval === undefined ? notFound() : json(200, { approval });
    },
  }),
  route({
    method: "POST",
    path: "/v1/approvals/{id}/approve",
    tag,
    summary: "Let a held statement run; with `scope` `digest` all of its shape and role, for a time",
    body: z.strictObject({
      by,
      reason,
      scope: z.enum(["once", "digest"]).optional(),
      for: lasts.describe("How long a digest passes: 1h by default").optional(),
    }),
    answers: {
      ...answers,
      200: {
        description: "It runs, and for a digest what lets the next ones pass",
        schema: z.strictObject({ approval: ApprovalSchema, approved: ApprovedDigestSchema.optional() }),
      },
    },
    handle: async (context, request) => {
      const { body, path: { id = "" } } = request;
      const digestToo = body.scope === "digest";
      if (digestToo) {
        const waiting = (await context.view.held()).find((each) => each.id === id);
        // A text without a digest is like no other, so there is nothing that could pass for it.
        if (waiting?.digest === "") {
          return refusal(422, "no_digest", "This statement has no digest; approve it with scope `once`");
        }
      }
      const approval = await decide(context, id, { decision: "approve", by: body.by, reason: body.reason });
      if (approval instanceof Response) return approval;
      if (!digestToo || approval.digest === "") return json(200, { approval });
      const now = context.now();
      const approved: ApprovedDigest = {
        id: context.newId(),
        digest: approval.digest,
        role: approval.role,
        reason: body.reason,
        by: body.by,
        created_at: now,
        until: now + (body.for ?? USUAL_LASTS_MS),
      };
      const refused = recordFirst(context, request, {
        id: approved.id,
        type: "allowlist",
        action: "added",
        role: approved.role,
        digest: approved.digest,
        by: approved.by,
        reason: approved.reason,
        about: approval.id,
        detail: { until: approved.until },
      });
      if (refused !== undefined) return refused;
      await context.store.putApprovedDigest(approved);
      await context.view.setOverrides(await context.store.overrides());
      return json(200, { approval, approved });
    },
  }),
  route({
    method: "POST",
    path: "/v1/approvals/{id}/reject",
    tag,
    summary: "Refuse a held statement; its client is told who and why",
    body: z.strictObject({ by, reason }),
    answers,
    handle: async (context, { body, path: { id = "" } }) => {
      const approval = await decide(context, id, { decision: "reject", by: body.by, reason: body.reason });
      return approval instanceof Response ? approval : json(200, { approval });
    },
  }),
];

async function decide(
  context: RouteContext,
  id: string,
  resolution: Resolution,
): Promise<Approval | Response> {
  const approval = await context.view.resolveHold(id, resolution);
  if (approval !== undefined) return approval;
  const ended = await find(context, id);
  if (ended === undefined) return notFound();
  const who = ended.decided_by === undefined ? "" : ` by ${ended.decided_by}`;
  return refusal(409, "already_decided", `This statement is ${ended.state.replace("_", " ")}${who}`);
}

async function find({ view, store }: RouteContext, id: string): Promise<Approval | undefined> {
  const waiting = (await view.held()).find((each) => each.id === id);
  if (waiting !== undefined) return waiting;
  // How it ended may be written and not yet in the tables.
  await store.flush();
  return await store.approval(id);
}

function notFound(): Response {
  return refusal(404, "approval_not_found", "No held statement has this id");
}
