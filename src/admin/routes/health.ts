import * as z from "zod";
import { json } from "../http.ts";
import { route } from "../route.ts";

const tag = "Health";
const Ready = z.strictObject({ status: z.enum(["ready", "not_ready"]), detail: z.string() });

/** Whether the process is alive and fit, and its metrics. */
export const HEALTH_ROUTES = [
  route({
    method: "GET",
    path: "/healthz",
    open: true,
    tag,
    summary: "Whether the process is alive",
    answers: {
      200: { description: "It is", schema: z.strictObject({ status: z.literal("ok"), version: z.string() }) },
    },
    handle: ({ version }) => json(200, { status: "ok", version }),
  }),
  route({
    method: "GET",
    path: "/readyz",
    open: true,
    tag,
    summary:
      "Whether it can serve: the backend answers with TLS as configured, the audit is as the configuration wants it, and no drain is under way",
    answers: {
      200: { description: "It can; `detail` also says what is wrong beside", schema: Ready },
      503: { description: "It cannot; `detail` says why", schema: Ready },
    },
    handle: async ({ ready }) => {
      const state = await ready();
      return json(state.ready ? 200 : 503, {
        status: state.ready ? "ready" : "not_ready",
        detail: state.detail,
      });
    },
  }),
  route({
    method: "GET",
    path: "/metrics",
    open: true,
    tag,
    summary: "Metrics in Prometheus' text format",
    answers: { 200: { description: "The metrics", contentType: "text/plain" } },
    handle: async ({ metrics, view, adminTotals }) =>
      new Response(await metrics.text(await view.snapshot(), adminTotals()), {
        headers: { "content-type": metrics.contentType },
      }),
  }),
];
