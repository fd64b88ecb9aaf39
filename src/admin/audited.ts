import type { NewAuditEvent } from "../contract/audit.ts";
import { refusal } from "./http.ts";
import type { RouteContext, RouteRequest } from "./route.ts";

/**
 * Records what an administrator is about to do, before it is done, with who and from where. A refusal where it cannot be recorded and
 * GATEKEEPER_AUDIT_ON_FAILURE=refuse, so that nothing happens that the audit does not know.
 */
export function recordFirst(
  context: RouteContext,
  request: Pick<RouteRequest<unknown, unknown>, "address" | "actor">,
  event: NewAuditEvent & { readonly id?: string },
): Response | undefined {
  const { record, newId, now, refuseUnaudited } = context;
  const recorded = record({
    ...event,
    id: event.id ?? newId(),
    time: now(),
    client: request.address,
    by: event.by ?? request.actor,
  });
  return recorded || !refuseUnaudited ? undefined : refusal(
    503,
    "audit_unavailable",
    "The audit cannot be written, so nothing was done (GATEKEEPER_AUDIT_ON_FAILURE=refuse)",
  );
}
