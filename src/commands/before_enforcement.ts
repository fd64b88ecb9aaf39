import { OWN_TIME_BOUNDS_US } from "../gate/gate_view.ts";
import type { Recorder } from "../store/recorder.ts";
import { LATENCY_BOUNDS_MS, type Store } from "../store/store.ts";
import type { GateParts, PolicyInForce } from "./proxy_view.ts";

/** What the API answers from while every statement passes unjudged: nothing held, nothing kept. */
export const NO_GATE: GateParts = {
  counts: () => ({
    decisions: {},
    groups: {},
    risk: Array.from({ length: 12 }, () => 0),
    ownTime: { buckets: [...OWN_TIME_BOUNDS_US, 0].map(() => 0), sumUs: 0 },
    backendTime: { buckets: [...LATENCY_BOUNDS_MS, 0].map(() => 0), sumMs: 0 },
    holds: {},
    limited: {},
    shadowDiffers: {},
    held: 0,
    cache: { hits: 0, misses: 0 },
  }),
  held: () => [],
  resolve: () => undefined,
  setOverrides: () => {},
  subscribe: () => () => {},
  score: () => ({ score: 0, level: "info", action: "allow", role: "", reason: "", statements: [] }),
};

export const NO_RECORDER: Recorder = {
  record: () => true,
  state: () => ({ healthy: true, problem: undefined, lost: 0, pending: 0 }),
};

export const NO_POLICY: PolicyInForce = {
  view: () => ({ source: "none", mode: "monitor", roles: [], shadow: null, loadedAt: 0 }),
  reload: () => Promise.resolve({ ok: true, source: "none", roles: [] }),
  roleOf: () => "",
};

const NOTHING = { blocks: [], breakGlass: [], approved: [], learned: {} };

export const NO_STORE: Store = {
  audit: () => Promise.resolve([]),
  addDigests: () => Promise.resolve(),
  digests: () => Promise.resolve([]),
  overrides: () => Promise.resolve(NOTHING),
  onOverrides: () => {},
  putBlock: () => Promise.resolve(),
  removeBlock: () => Promise.resolve(false),
  putBreakGlass: () => Promise.resolve(),
  removeBreakGlass: () => Promise.resolve(false),
  putApprovedDigest: () => Promise.resolve(),
  removeApprovedDigest: () => Promise.resolve(false),
  learn: () => Promise.resolve(0),
  forget: () => Promise.resolve(0),
  approvals: () => Promise.resolve([]),
  approval: () => Promise.resolve(undefined),
  state: () => ({ healthy: true, problem: undefined, restarts: 0 }),
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
