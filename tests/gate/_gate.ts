/** A gate over a scripted session, with what it recorded at hand. */

import type { AuditEvent } from "../../src/contract/audit.ts";
import type { DigestRow } from "../../src/contract/digest.ts";
import type { Overrides } from "../../src/contract/override.ts";
import {
  type CommandOutcome,
  type Decision,
  type JudgedCommand,
  type SessionJudge,
  type SessionView,
} from "../../src/proxy/decision.ts";
import { createGate } from "../../src/gate/create_gate.ts";
import type { Gate } from "../../src/gate/gate.ts";
import type { GateOptions } from "../../src/gate/gate_options.ts";
import { compilePolicy } from "../../src/risk/policy/compile.ts";
import type { PolicyDefinition } from "../../src/contract/policy_file.ts";
import { BUILT_IN_DEFINITION } from "../../src/risk/policy/definition.ts";
import type { Policy } from "../../src/risk/policy/policy.ts";

export const NOTHING: Overrides = { blocks: [], break_glass: [], approved: [], learned: {} };
const encoder = new TextEncoder();

/** A policy from what its file would say. */
export function policyOf(definition: Partial<PolicyDefinition> = {}): Policy {
  return compilePolicy({ ...BUILT_IN_DEFINITION, ...definition }, { source: "test", planetScale: false });
}

/** A gate with everything it tells in lists, and a clock that stands still unless moved. */
export function gateOf(
  options: Partial<GateOptions> & { readonly definition?: Partial<PolicyDefinition> } = {},
) {
  const events: AuditEvent[] = [];
  const digests: DigestRow[] = [];
  const logged: string[] = [];
  const clock = { time: 1_700_000_000_000, now: () => clock.time, monotonic: () => clock.time };
  const audit = { healthy: true };
  const say = (message: string) => void logged.push(message);
  const logger = {
    error: say,
    warn: say,
    info: say,
    debug: say,
    enabled: () => true,
    with: () => logger,
  };
  const { definition, ...rest } = options;
  const gate: Gate = createGate({
    mode: "enforce",
    policy: { policy: policyOf(definition) },
    scorePrepared: true,
    holdTimeoutMs: 60_000,
    auditOnFailure: "continue",
    auditStatements: "notable",
    auditLiterals: false,
    limits: { responseBytes: 1000, windowBytes: 5000, rows: Infinity },
    workers: 1,
    recorder: {
      record: (event) => {
        if (audit.healthy) events.push(event);
        return audit.healthy;
      },
      state: () => ({
        healthy: audit.healthy,
        problem: audit.healthy ? null : "disk full",
        lost: 0,
        pending: 0,
        evicted: 0,
      }),
    },
    onDigests: (rows) => void digests.push(...rows),
    logger,
    clock,
    ...rest,
  });
  return { gate, events, digests, logged, clock, audit, [Symbol.dispose]: () => gate.close() };
}

/** How a response ended, unless said otherwise: one row, without a word of the server's on its session. */
export function outcomeOf(changes: Partial<CommandOutcome> = {}): CommandOutcome {
  return {
    result: "ok",
    errno: 0,
    durationMs: 3,
    bytes: 100,
    rows: 1,
    affectedRows: 0,
    status: 2,
    tracked: [],
    ...changes,
  };
}

/** A session that sends what it is told to. */
export class ScriptedSession {
  readonly view: { -readonly [K in keyof SessionView]: SessionView[K] };
  readonly judge: SessionJudge;

  constructor(gate: Gate, view: Partial<SessionView> = {}) {
    this.view = {
      id: "S1",
      user: "app",
      schema: "shop",
      client: { host: "10.0.0.9", port: 4000 },
      attributes: new Map(),
      collation: 45,
      status: 2,
      ignoreSpace: false,
      multiStatements: true,
      serverVersion: "9.7.0",
      ...view,
    };
    this.judge = gate.openJudge(this.view);
  }

  /** The decision on a command; its text may be bytes. */
  ask(text: string | Uint8Array, command: JudgedCommand = "query"): Decision {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    return this.judge.decide({ command, text: bytes });
  }

  /** Sends a command; one that passes is answered at once. Says what was decided. */
  run(text: string | Uint8Array, outcome: Partial<CommandOutcome> = {}): Decision["action"] {
    const decision = this.ask(text);
    if (decision.action === "allow") decision.done?.(outcomeOf({ status: this.view.status, ...outcome }));
    return decision.action;
  }
}

/** The decision on a run of the statement whose prepare had this one. */
export function runOf(prepare: Decision): Decision {
  if (prepare.action !== "allow" || prepare.decideRun === undefined) throw new Error("its runs pass unasked");
  return prepare.decideRun();
}

/** The message that a refused command's client gets. */
export function messageOf(decision: Decision): string {
  if (decision.action !== "refuse") throw new Error(`it is not refused but ${decision.action}`);
  return decision.message;
}
