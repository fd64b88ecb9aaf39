import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/mod.ts";
import { createGate } from "../gate/create_gate.ts";
import type { Gate } from "../gate/gate.ts";
import type { GatePolicy } from "../gate/gate_options.ts";
import { builtInPolicy } from "../risk/policy/compile.ts";
import type { Recorder } from "../store/recorder.ts";
import type { DigestRow } from "../store/store.ts";

/** What a gate reports to. */
export interface GateSinks {
  readonly recorder: Recorder;
  readonly onDigests: (rows: readonly DigestRow[]) => void;
}

/** The gate of this process as the configuration wants it. */
export function serveGate(config: Config, policy: GatePolicy, sinks: GateSinks, logger: Logger): Gate {
  return createGate({
    mode: config.mode,
    policy,
    scorePrepared: config.scorePrepared,
    holdTimeoutMs: config.holdTimeoutMs,
    auditOnFailure: config.auditOnFailure,
    auditStatements: config.auditStatements,
    auditLiterals: config.auditLiterals,
    limits: { responseBytes: config.maxResponseBytes, windowBytes: config.maxWindowBytes, rows: Infinity },
    workers: config.workers,
    recorder: sinks.recorder,
    onDigests: sinks.onDigests,
    logger,
  });
}

/** The policy that the configuration names. */
export function servePolicy(config: Config): GatePolicy {
  return { policy: builtInPolicy(isPlanetScale(config.backendHost)) };
}

/** Whether a backend is PlanetScale's, which its greeting does not tell from other Vitess. */
export function isPlanetScale(host: string): boolean {
  return /(^|\.)psdb\.cloud$/i.test(host);
}

/** Keeps nothing: what a process without a data directory reports to. */
export const NO_SINKS: GateSinks = {
  recorder: {
    record: () => true,
    state: () => ({ healthy: true, problem: undefined, lost: 0, pending: 0 }),
  },
  onDigests: () => {},
};
