import {
  type Approval,
  ApprovalSchema,
  type HeldPart,
  HeldTextSchema,
  type Resolution,
} from "../../contract/approval.ts";
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
  409: {
    description:
      "It has been decided, has timed out, its client has gone, or what is in force by now refuses it",
  },
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
    summary: "One held statement, as it waits, with its text as it will run; or as it ended",
    answers: {
      200: {
        description:
          "The statement; `text`, which has its literals, only while it waits and where it is known",
        schema: One.extend({ text: HeldTextSchema.optional() }),
      },
      404: { description: "No held statement has this id" },
    },
    handle: async (context, { path: { id = "" } }) => {
      const approval = await find(context, id);
      if (approval === undefined) return notFound();
      const text = approval.state === "pending" ? await context.view.heldText(id) : undefined;
      return json(200, { approval, ...(text === undefined ? {} : { text }) });
    },
  }),
  route({
    method: "POST",
    path: "/v1/approvals/{id}/approve",
    tag,
    summary:
      "Let a held statement run, unless policy or a block refuses it by now; with `scope` `digest` also others of its " +
      "shapes, role and tables, for a time",
    body: z.strictObject({
      by,
      reason,
      scope: z.enum(["once", "digest"]).optional(),
      for: lasts.describe("How long a digest passes: 1h by default").optional(),
    }),
    answers: {
      ...answers,
      200: {
        description:
          "It runs, and for `digest` what lets the next ones pass, an entry for each shape that was held",
        schema: One.extend({ approved: z.array(ApprovedDigestSchema).optional() }),
      },
    },
    handle: async (context, request) => {
      const { address, body, path: { id = "" } } = request;
      const wanted = body.scope === "digest" ? await heldShapes(context, id) : [];
      // A text without a digest is like no other, so there is nothing that could pass for it.
      if (wanted.some(({ digest }) => digest === "")) {
        return refusal(422, "no_digest", "This statement has no digest; approve it with scope `once`");
      }
      const approval = await decide(context, id, {
        decision: "approve",
        by: body.by,
        reason: body.reason,
        address,
      });
      if (approval instanceof Response) return approval;
      if (body.scope !== "digest") return json(200, { approval });
      const now = context.now();
      const until = now + (body.for ?? USUAL_LASTS_MS);
      const approved: ApprovedDigest[] = [];
      for (const { digest, tables } of wanted) {
        if (digest === "") continue;
        const entry: ApprovedDigest = {
          id: context.newId(),
          digest,
          role: approval.role,
          tables,
          reason: body.reason,
          by: body.by,
          created_at: now,
          until,
        };
        const refused = recordFirst(context, request, {
          id: entry.id,
          type: "allowlist",
          action: "added",
          role: entry.role,
          digest,
          by: entry.by,
          reason: entry.reason,
          about: approval.id,
          detail: { until, tables: tables.join(" ") },
        });
        if (refused !== undefined) return refused;
        await context.store.putApprovedDigest(entry);
        approved.push(entry);
      }
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
    handle: async (context, { address, body, path: { id = "" } }) => {
      const approval = await decide(context, id, {
        decision: "reject",
        by: body.by,
        reason: body.reason,
        address,
      });
      return approval instanceof Response ? approval : json(200, { approval });
    },
  }),
];

/** The statements of a held text that wait for an approver, each shape once. */
async function heldShapes({ view }: RouteContext, id: string): Promise<readonly HeldPart[]> {
  const waiting = (await view.held()).find((each) => each.id === id);
  const shapes = new Map<string, HeldPart>();
  for (const part of waiting?.statements ?? []) {
    if (part.action === "hold") shapes.set([part.digest, ...part.tables].join("\0"), part);
  }
  return [...shapes.values()];
}

async function decide(
  context: RouteContext,
  id: string,
  resolution: Resolution,
): Promise<Approval | Response> {
  const approval = await context.view.resolveHold(id, resolution);
  if (approval !== undefined) {
    if (resolution.decision === "reject" || approval.state === "approved") return approval;
    return refusal(409, "refused_by_policy", "What is in force now refuses this statement: it was not run");
  }
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
