/** The words that several rooms and the wire share, without a schema around them: nothing here loads a library. */

/** Severity by name, from the least to the most. */
export const LEVELS = ["info", "low", "medium", "high", "critical"] as const;
export type Level = typeof LEVELS[number];

/** What policy makes of a statement, from the mildest to the strictest. */
export const ACTIONS = ["allow", "warn", "hold", "refuse"] as const;
export type Action = typeof ACTIONS[number];

/** What became of a statement: `would_` where monitor mode or break-glass let it pass. */
export const APPLIED_ACTIONS = [...ACTIONS, "would_hold", "would_refuse"] as const;
export type AppliedAction = typeof APPLIED_ACTIONS[number];

/** How a held statement ends while its process lives. */
export const HOLD_ENDS = ["approved", "rejected", "timed_out", "withdrawn"] as const;

/** How a held statement ends; `lost` where the process that held it ended first. */
export const APPROVAL_ENDS = [...HOLD_ENDS, "lost"] as const;

/** Where a held statement is. */
export const APPROVAL_STATES = ["pending", ...APPROVAL_ENDS] as const;
export type ApprovalState = typeof APPROVAL_STATES[number];

/** Where a session is. */
export const SESSION_PHASES = [
  "greeting",
  "tls",
  "authentication",
  "command",
  "response",
  "local-infile",
  "closing",
] as const;
export type SessionPhase = typeof SESSION_PHASES[number];

/** Why a session ended. */
export const END_CAUSES = [
  "client_quit",
  "client_closed",
  "client_lost",
  "client_protocol",
  "backend_closed",
  "backend_lost",
  "backend_protocol",
  "backend_unreachable",
  "backend_tls",
  "login_refused",
  "login_timeout",
  "idle_timeout",
  "limit",
  "drained",
  "killed",
  "internal",
] as const;
export type EndCause = typeof END_CAUSES[number];

/** Whether statements are refused and held, or only recorded as if. */
export const MODES = ["enforce", "monitor"] as const;
export type Mode = typeof MODES[number];

/** What statement shapes are listed by. */
export const DIGEST_ORDERS = ["risk", "time", "count", "bytes"] as const;
export type DigestOrder = typeof DIGEST_ORDERS[number];

/** Upper bounds of the latency buckets, in ms; one more bucket holds what is above. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
];
