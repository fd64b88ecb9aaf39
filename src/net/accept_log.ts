import type { Logger } from "../base/logger.ts";
import { dialFailure } from "./dial_failure.ts";

/** How often a lack that lasts is logged, in ms. */
const LOG_EVERY_MS = 10_000;

/** An `onAcceptFailed` that logs, at most every 10 s, what keeps connections from being accepted. */
export function logAcceptFailures(logger: Logger, port: "mysql" | "admin"): (error: unknown) => void {
  let loggedMs = -Infinity;
  let failures = 0;
  return (error) => {
    failures++;
    const nowMs = performance.now();
    if (nowMs - loggedMs < LOG_EVERY_MS) return;
    loggedMs = nowMs;
    logger.error("cannot accept connections, trying again", {
      port,
      reason: dialFailure(error).text,
      failures,
      hint: "Raise the descriptor limit (LimitNOFILE= in systemd, --ulimit nofile= in Docker), or lower " +
        "GATEKEEPER_MAX_CONNECTIONS",
    });
  };
}
