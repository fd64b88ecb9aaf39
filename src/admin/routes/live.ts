import { StatsSchema } from "../../contract/stats.ts";
import { json, refusal } from "../http.ts";
import { route } from "../route.ts";

const tag = "Live";

/** What happens now. */
export const LIVE_ROUTES = [
  route({
    method: "GET",
    path: "/v1/stats",
    tag,
    summary: "The state of it all in some numbers; percentiles are of what came since the stats before",
    answers: { 200: { description: "The stats", schema: StatsSchema } },
    handle: async ({ stats }) => json(200, await stats()),
  }),
  route({
    method: "GET",
    path: "/v1/events",
    tag,
    summary:
      "Server-sent events: `stats` each second, `decision` (an AuditEvent), `hold` and `approval` (an Approval), " +
      "`skipped` with the count of decisions left out. Last-Event-ID resumes from the audit where it can",
    answers: {
      200: { description: "The stream; it ends when a drain begins", contentType: "text/event-stream" },
      503: { description: "16 streams are open, or a drain is under way" },
    },
    handle: ({ events }, { raw }) => {
      const stream = events.open(raw.headers.get("last-event-id") ?? undefined);
      if (stream === undefined) {
        return refusal(503, "too_many_streams", "No more streams now: 16 are open, or a drain is under way", {
          headers: { "retry-after": "5" },
        });
      }
      if (raw.method === "HEAD") void stream.cancel();
      return new Response(stream, { headers: { "content-type": "text/event-stream" } });
    },
  }),
];
