import { SessionSchema } from "../../contract/session.ts";
import * as z from "zod";
import { recordFirst } from "../audited.ts";
import { json, refusal } from "../http.ts";
import { route } from "../route.ts";
import { by, reason } from "../request_fields.ts";

const tag = "Sessions";

/** Who is connected, and the process as a whole. */
export const SESSION_ROUTES = [
  route({
    method: "GET",
    path: "/v1/sessions",
    tag,
    summary: "Who is connected: user, role, schema, client, TLS of each leg, state, bytes, age",
    answers: {
      200: { description: "The sessions", schema: z.strictObject({ sessions: z.array(SessionSchema) }) },
    },
    handle: async ({ view }) => json(200, { sessions: await view.sessions() }),
  }),
  route({
    method: "DELETE",
    path: "/v1/sessions/{id}",
    tag,
    summary: "End one session now",
    query: z.strictObject({ by: by.optional(), reason: reason.optional() }),
    answers: {
      200: { description: "It has ended", schema: z.strictObject({ ended: z.string() }) },
      404: { description: "No session has this id" },
    },
    handle: async (context, request) => {
      const { id = "" } = request.path;
      if (!(await context.view.sessions()).some((session) => session.id === id)) return sessionNotFound();
      const refused = recordFirst(context, request, {
        type: "admin",
        action: "session_ended",
        session: id,
        ...(request.query.by === undefined ? {} : { by: request.query.by }),
        ...(request.query.reason === undefined ? {} : { reason: request.query.reason }),
      });
      if (refused !== undefined) return refused;
      return await context.view.endSession(id) ? json(200, { ended: id }) : sessionNotFound();
    },
  }),
  route({
    method: "POST",
    path: "/v1/drain",
    tag,
    summary: "Stop accepting clients and end once running statements and transactions have finished",
    answers: {
      202: {
        description: "The drain has begun",
        schema: z.strictObject({ status: z.literal("draining") }),
      },
    },
    handle: (context, request) => {
      const refused = recordFirst(context, request, { type: "admin", action: "drain" });
      if (refused !== undefined) return refused;
      context.view.drain();
      return json(202, { status: "draining" });
    },
  }),
];

function sessionNotFound(): Response {
  return refusal(404, "session_not_found", "No session has this id: it may have ended by itself");
}
