import type { Recorder } from "../store/recorder.ts";
import type { Store } from "../store/store.ts";

export const NO_RECORDER: Recorder = {
  record: () => true,
  state: () => ({ healthy: true, problem: undefined, lost: 0, pending: 0 }),
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
