import type { PolicyDefinition } from "../../contract/policy_file.ts";

/** Name of the role that matches everyone. */
export const DEFAULT_ROLE = "default";

/** A score that no statement reaches. */
export const NEVER = 101;

/** What holds where a file says nothing: nothing is held, what is critical is refused. */
export const DEFAULT_THRESHOLDS = { warn: 70, hold: NEVER, block: 90 } as const;

/** Half of the 20 s after which PlanetScale ends a transaction, so that the client can still roll it back. */
export const DEFAULT_HOLD_IN_TRANSACTION = "10s";

/** The policy that is in force without a file. */
export const BUILT_IN_DEFINITION: PolicyDefinition = { version: 1, thresholds: DEFAULT_THRESHOLDS };
