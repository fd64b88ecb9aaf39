import { type Digest, DigestSchema } from "../../contract/digest.ts";
import {
  ApprovedDigestSchema,
  type Block,
  BlockSchema,
  type BreakGlass,
  BreakGlassSchema,
} from "../../contract/override.ts";
import * as z from "zod";
import { recordFirst } from "../audited.ts";
import { json, refusal } from "../http.ts";
import { type Route, route, type RouteContext } from "../route.ts";
import { by, lasts, reason, role } from "../request_fields.ts";

const removedBy = z.strictObject({ by: by.optional(), reason: reason.optional() });

/** What changes decisions beside the policy file. */
export const OVERRIDE_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/v1/blocks",
    tag: "Blocks",
    summary: "Statement shapes that are refused whatever the policy says",
    answers: {
      200: { description: "The blocks in force", schema: z.strictObject({ blocks: z.array(BlockSchema) }) },
    },
    handle: async ({ store, now }) => {
      const { blocks } = await store.overrides();
      return json(200, { blocks: blocks.filter(({ until }) => until === undefined || until > now()) });
    },
  }),
  route({
    method: "POST",
    path: "/v1/blocks",
    tag: "Blocks",
    summary: "Refuse a statement shape from now on, for a time or until it is removed",
    body: z.strictObject({ digest: DigestSchema, reason, by, for: lasts.optional() }),
    answers: { 201: { description: "It is refused", schema: z.strictObject({ block: BlockSchema }) } },
    handle: async (context, request) => {
      const { body } = request;
      const { store, newId, now } = context;
      const sql = await knownSql(context, body.digest);
      const createdAt = now();
      const block: Block = {
        id: newId(),
        digest: body.digest,
        ...(sql === undefined ? {} : { sql }),
        reason: body.reason,
        by: body.by,
        created_at: createdAt,
        ...(body.for === undefined ? {} : { until: createdAt + body.for }),
      };
      const refused = recordFirst(context, request, {
        id: block.id,
        type: "block",
        action: "added",
        digest: block.digest,
        by: block.by,
        reason: block.reason,
        ...(sql === undefined ? {} : { sql }),
        ...(block.until === undefined ? {} : { detail: { until: block.until } }),
      });
      if (refused !== undefined) return refused;
      await store.putBlock(block);
      await pushOverrides(context);
      return json(201, { block });
    },
  }),
  removal({
    path: "/v1/blocks/{id}",
    tag: "Blocks",
    summary: "Remove a block",
    what: "block",
    done: { type: "block", action: "removed" },
    has: async ({ store }, id) => (await store.overrides()).blocks.some((each) => each.id === id),
    remove: ({ store }, id) => store.removeBlock(id),
  }),
  route({
    method: "GET",
    path: "/v1/break-glass",
    tag: "Break-glass",
    summary: "Roles whose refusals are lifted now",
    answers: {
      200: {
        description: "The entries in force",
        schema: z.strictObject({ break_glass: z.array(BreakGlassSchema) }),
      },
    },
    handle: async ({ store, now }) => {
      const { break_glass } = await store.overrides();
      return json(200, { break_glass: break_glass.filter(({ until }) => until > now()) });
    },
  }),
  route({
    method: "POST",
    path: "/v1/break-glass",
    tag: "Break-glass",
    summary: "Lift a role's refusals and holds for a time; what would have been refused runs and is recorded",
    body: z.strictObject({ role, reason, by, for: lasts }),
    answers: {
      201: { description: "They are lifted", schema: z.strictObject({ break_glass: BreakGlassSchema }) },
      404: { description: "The policy has no such role" },
    },
    handle: async (context, request) => {
      const { body } = request;
      const { roles } = await context.view.policy();
      const names = roles.map(({ name }) => name);
      if (!names.includes(body.role)) {
        return refusal(404, "role_not_found", `The policy has no such role; it has ${names.join(", ")}`);
      }
      const createdAt = context.now();
      const entry: BreakGlass = {
        id: context.newId(),
        role: body.role,
        reason: body.reason,
        by: body.by,
        created_at: createdAt,
        until: createdAt + body.for,
      };
      const refused = recordFirst(context, request, {
        id: entry.id,
        type: "break_glass",
        action: "opened",
        role: entry.role,
        by: entry.by,
        reason: entry.reason,
        detail: { until: entry.until },
      });
      if (refused !== undefined) return refused;
      await context.store.putBreakGlass(entry);
      await pushOverrides(context);
      return json(201, { break_glass: entry });
    },
  }),
  removal({
    path: "/v1/break-glass/{id}",
    tag: "Break-glass",
    summary: "End a break-glass before its time",
    what: "break-glass",
    done: { type: "break_glass", action: "revoked" },
    has: async ({ store }, id) => (await store.overrides()).break_glass.some((each) => each.id === id),
    remove: ({ store }, id) => store.removeBreakGlass(id),
  }),
  route({
    method: "GET",
    path: "/v1/approved",
    tag: "Approvals",
    summary: "Statement shapes that an approver let pass for a time",
    answers: {
      200: {
        description: "The entries in force",
        schema: z.strictObject({ approved: z.array(ApprovedDigestSchema) }),
      },
    },
    handle: async ({ store, now }) => {
      const { approved } = await store.overrides();
      return json(200, { approved: approved.filter(({ until }) => until > now()) });
    },
  }),
  removal({
    path: "/v1/approved/{id}",
    tag: "Approvals",
    summary: "Let a statement shape pass no longer",
    what: "approved digest",
    done: { type: "allowlist", action: "removed" },
    has: async ({ store }, id) => (await store.overrides()).approved.some((each) => each.id === id),
    remove: ({ store }, id) => store.removeApprovedDigest(id),
  }),
];

function removal(options: {
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly what: string;
  /** As it is recorded. */
  readonly done:
    | { readonly type: "block" | "allowlist"; readonly action: "removed" }
    | { readonly type: "break_glass"; readonly action: "revoked" };
  readonly has: (context: RouteContext, id: string) => Promise<boolean>;
  readonly remove: (context: RouteContext, id: string) => Promise<boolean>;
}): Route {
  const { path, tag, summary, what, done, has, remove } = options;
  const notFound = () =>
    refusal(404, `${done.type}_not_found`, `No ${what} has this id: it may have expired`);
  return route({
    method: "DELETE",
    path,
    tag,
    summary,
    query: removedBy,
    answers: {
      200: { description: "Removed", schema: z.strictObject({ removed: z.string() }) },
      404: { description: `No ${what} has this id` },
    },
    handle: async (context, request) => {
      const { id = "" } = request.path;
      if (!await has(context, id)) return notFound();
      const refused = recordFirst(context, request, {
        ...done,
        about: id,
        ...(request.query.by === undefined ? {} : { by: request.query.by }),
        ...(request.query.reason === undefined ? {} : { reason: request.query.reason }),
      });
      if (refused !== undefined) return refused;
      const removed = await remove(context, id);
      await pushOverrides(context);
      return removed ? json(200, { removed: id }) : notFound();
    },
  });
}

/** Has every process decide by what the store says now, before the answer that says so. */
async function pushOverrides({ view, store }: RouteContext): Promise<void> {
  await view.setOverrides(await store.overrides());
}

/** The normal form of a digest, where it has been seen or waits for an approver. */
async function knownSql({ store, view }: RouteContext, wanted: Digest): Promise<string | undefined> {
  const waiting = (await view.held()).find((each) => each.digest === wanted);
  if (waiting !== undefined) return waiting.sql;
  const [record] = await store.audit({ digest: wanted, limit: 1 });
  if (record?.sql !== undefined) return record.sql;
  const rows = await store.digests({ order: "count", limit: 1000 });
  return rows.find((row) => row.digest === wanted)?.sql;
}
