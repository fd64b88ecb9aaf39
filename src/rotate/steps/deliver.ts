import { QuerycopError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { retiring, type Rotation, type Step } from "../rotation.ts";
import type { Sink } from "../sinks/sink.ts";
import type { StepId } from "../state.ts";
import { deleteIfThere, mayBeInUse } from "./create.ts";

export const deliverStep: Step = {
  id: "deliver",
  title: "Give the new pair to where applications read it",
  holds: "every sink confirmed; the secret is nowhere else",
  run: deliver,
};

async function deliver(rotation: Rotation): Promise<StepId> {
  await untilProgramEnded(rotation);
  const secret = await secretOf(rotation);
  if (secret === undefined) return "create";
  // From here on somebody may use it, whatever becomes of this process.
  if (!rotation.current.offered) await rotation.save({ current: { ...rotation.current, offered: true } });
  const deliveredAll = rotation.current.deliveredTo.length === 0;
  for (;;) {
    const failures = await deliverToAll(rotation, secret);
    if (failures.length === 0) {
      rotation.deliveredHere = deliveredAll;
      return "verify";
    }
    const { world } = rotation;
    const [first] = failures;
    const count = `${failures.length} of ${world.sinks.length} sinks did not take the new pair`;
    const text = `${count}: ${
      failures.map(({ sink, error }) => `${sink.name}: ${error.message}`).join("; ")
    }`;
    if (!(await world.tryAgain(text, world.signal))) {
      throw new QuerycopError("step.deliver", text, { hint: first?.error.hint, cause: first?.error });
    }
  }
}

interface SinkFailure {
  readonly sink: Sink;
  readonly error: QuerycopError;
}

/** Tries every sink that has not confirmed yet, though one before it fails. */
async function deliverToAll(rotation: Rotation, password: Secret): Promise<readonly SinkFailure[]> {
  const { world } = rotation;
  const failures: SinkFailure[] = [];
  for (const [index, sink] of world.sinks.entries()) {
    const { deliveredTo } = rotation.current;
    if (deliveredTo.includes(index)) continue;
    try {
      await handOver(rotation, sink, password);
    } catch (error) {
      if (!(error instanceof QuerycopError)) throw error;
      failures.push({ sink, error });
      continue;
    }
    await rotation.save(
      { current: { ...rotation.current, deliveredTo: [...deliveredTo, index] }, program: null },
      `Delivered to ${sink.name}`,
    );
  }
  return failures;
}

/** Gives one sink the new pair. Errors: those of the sink. */
export async function handOver(rotation: Rotation, sink: Sink, password: Secret): Promise<void> {
  const { target, runId } = rotation.state;
  const { id, name, username, host } = rotation.current;
  const replaces = retiring(rotation.state).map(({ username }) => username);
  try {
    await sink.deliver(
      { ...target, runId, id, name, username, password, host, replaces },
      rotation.world.signal,
      (pid) => rotation.save({ program: { pid, startedAt: rotation.nowText() } }),
    );
  } finally {
    if (rotation.state.program !== null) await rotation.save({ program: null });
  }
}

/**
 * Waits for a command that a process before this one left running: ending late, it would put a pair that is replaced
 * in the place of the one that this process delivers.
 */
export async function untilProgramEnded(rotation: Rotation): Promise<void> {
  const { program } = rotation.state;
  if (program === null) return;
  const { isRunning, limits, narrator, timing } = rotation.world;
  // Past its limit the number has long been another's, whatever became of the clock in between.
  const untilMs = Date.parse(program.startedAt) + limits.commandMs;
  const waitedFrom = timing.monotonic();
  const within = () => timing.now() < untilMs && timing.monotonic() - waitedFrom < limits.commandMs;
  while (isRunning(program.pid) && within()) {
    narrator.waiting(`the command that was given the pair before, process ${program.pid}, is still running`);
    await rotation.pause();
  }
  await rotation.save({ program: null });
}

/**
 * The secret of the new password, read back from a sink where the process that made it is gone; `undefined` where it
 * is lost and another password has to be made. One that was offered to a sink stays until nobody uses it.
 */
export async function secretOf(rotation: Rotation): Promise<Secret | undefined> {
  if (rotation.secret !== undefined) return rotation.secret;
  const { id, username, offered } = rotation.current;
  const retired = retiring(rotation.state).map(({ username }) => username);
  for (const sink of rotation.world.sinks) {
    const secret = await sink.recall?.(username, retired, rotation.world.signal);
    if (secret === undefined) continue;
    rotation.keepSecret(secret, true);
    rotation.world.narrator.detail(`Read the new password back from ${sink.name}`);
    return secret;
  }
  if (offered || await mayBeInUse(rotation, id, username)) {
    await supersede(rotation, "its secret was lost when the process ended, after a sink may have had it");
  } else {
    await deleteIfThere(rotation, id);
    await rotation.save(
      { step: "create", current: null },
      `Deleted ${id}, whose secret was lost before anybody had it`,
    );
  }
  return undefined;
}

/** Puts the new password among those that go with the old one: somebody may be using it. */
export async function supersede(rotation: Rotation, why: string): Promise<void> {
  const { id, username, ownLogins } = rotation.current;
  const superseded = [...rotation.state.superseded, { id, username, why, ownLogins }];
  await rotation.save(
    { step: "create", current: null, superseded, quiet: null, deletion: null, hooksDone: 0 },
    `Replacing ${id}: ${why}`,
  );
}
