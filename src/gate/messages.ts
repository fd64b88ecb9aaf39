import { formatDurationMs } from "../base/duration.ts";
import type { RefuseDecision } from "../proxy/decision.ts";
import {
  ER_QUERY_TIMEOUT,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_USER_LIMIT_REACHED,
  type ErrorCode,
} from "../protocol/error_codes.ts";
import type { Finding } from "../risk/verdict.ts";

/** Longest message, in bytes: what every client library shows whole. */
const MAX_MESSAGE_BYTES = 512;
const encoder = new TextEncoder();

/** What the client of a refused statement gets. Quotes no literal. */
export function blocked(
  id: string,
  { score, decidedBy, reason }: {
    readonly score: number;
    readonly decidedBy?: Finding | undefined;
    readonly reason: string;
  },
): RefuseDecision {
  const what = decidedBy === undefined
    ? `blocked: ${reason}`
    : `blocked, risk ${
      Math.round(score)
    }/100: ${decidedBy.rule.code} ${decidedBy.rule.name}: ${decidedBy.rule.fix}`;
  return refusal(ER_SPECIFIC_ACCESS_DENIED_ERROR, what, id);
}

/** A refusal by a digest's block. */
export function blockedDigest(id: string, by: string, reason: string): RefuseDecision {
  return refusal(
    ER_SPECIFIC_ACCESS_DENIED_ERROR,
    `blocked: this statement was blocked by ${by}: ${reason}`,
    id,
  );
}

export function rejected(id: string, by: string, reason: string): RefuseDecision {
  return refusal(ER_SPECIFIC_ACCESS_DENIED_ERROR, `rejected by ${by}: ${reason}`, id);
}

export function holdTimedOut(id: string, timeoutMs: number): RefuseDecision {
  return refusal(
    ER_QUERY_TIMEOUT,
    `held for approval, and nobody decided within ${formatDurationMs(timeoutMs)} (GATEKEEPER_HOLD_TIMEOUT)`,
    id,
  );
}

/** What follows every end of a hold inside a transaction: the refusal changes nothing of it. */
const STILL_OPEN = "the transaction is still open: roll it back, and get the approval before the next one";

export function holdTimedOutInTransaction(id: string, timeoutMs: number): RefuseDecision {
  return refusal(
    ER_QUERY_TIMEOUT,
    `held for approval inside an open transaction, and nobody decided within ${
      formatDurationMs(timeoutMs)
    } (hold_in_transaction); ${STILL_OPEN}`,
    id,
  );
}

export function noHoldInTransaction(id: string): RefuseDecision {
  return refusal(
    ER_SPECIFIC_ACCESS_DENIED_ERROR,
    `blocked: it needs an approval, and nothing waits for one inside a transaction (hold_in_transaction: 0); ${STILL_OPEN}`,
    id,
  );
}

export function tooManyHeld(id: string, most: number): RefuseDecision {
  return refusal(
    ER_SPECIFIC_ACCESS_DENIED_ERROR,
    `blocked: it needs an approval, and ${most} statements wait for one already; try again later`,
    id,
  );
}

/** For a client that will not read it: the session has ended, or the proxy is about to. */
export function withdrawn(id: string): RefuseDecision {
  return refusal(
    ER_SPECIFIC_ACCESS_DENIED_ERROR,
    "blocked: the session ended before the statement was approved",
    id,
  );
}

export function auditFailed(problem: string): RefuseDecision {
  return refusal(ER_SPECIFIC_ACCESS_DENIED_ERROR, `blocked: the audit cannot be written (${problem})`);
}

export function rateLimited(role: string, perSecond: number): RefuseDecision {
  return refusal(
    ER_USER_LIMIT_REACHED,
    `blocked: role ${role} may run ${perSecond} statements a second (statements_per_second)`,
  );
}

export function notJudged(): RefuseDecision {
  return refusal(
    ER_SPECIFIC_ACCESS_DENIED_ERROR,
    "blocked: the statement could not be judged, which is a defect of querycop; see its log",
  );
}

function refusal(code: ErrorCode, what: string, id?: string): RefuseDecision {
  const tail = id === undefined ? "" : ` [decision ${id}]`;
  const text = `querycop: ${plain(what)}`;
  return { action: "refuse", ...code, message: cut(text, MAX_MESSAGE_BYTES - tail.length) + tail };
}

/** Without line breaks and control characters, which people and policies may have put in. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
}

/** At most so many bytes of UTF-8, never half a character. */
function cut(text: string, bytes: number): string {
  if (text.length <= bytes && encoder.encode(text).length <= bytes) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(bytes - 3));
  return text.slice(0, read) + "...";
}
