import type { DigestRow } from "../contract/digest.ts";
import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/mod.ts";
import { createGate } from "../gate/create_gate.ts";
import type { Gate } from "../gate/gate.ts";
import type { GatePolicy } from "../gate/gate_options.ts";
import type { Recorder } from "../store/recorder.ts";

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
