import type { Rotation } from "./rotation.ts";
import { STEPS } from "./steps/mod.ts";

/**
 * Runs a rotation from the step that its state names to the end. Throws what stopped it, after that was saved: another
 * process can go on from there at any time, even where this one had no chance to save anything more.
 */
export async function runRotation(rotation: Rotation): Promise<void> {
  if (rotation.state.stopped !== null) await rotation.save({ stopped: null });
  try {
    for (let step = stepOf(rotation); step !== undefined; step = stepOf(rotation)) {
      rotation.world.signal.throwIfAborted();
      rotation.world.narrator.step(step.id);
      const next = await step.run(rotation);
      // In one with the end, so that no process ends a rotation whose sinks it has not seen.
      await rotation.save(next === "report" ? { step: next, outcome: "done" } : { step: next });
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    try {
      await rotation.save({ stopped: { at: rotation.nowText(), step: rotation.state.step, message } });
    } catch (saving) {
      // What is on the disk is enough to go on from; what stopped the rotation matters more.
      rotation.world.narrator.warning(saving instanceof Error ? saving.message : String(saving));
    }
    throw error;
  }
}

function stepOf({ state }: Rotation) {
  if (state.outcome !== "running") return undefined;
  return STEPS.find(({ id }) => id === (state.step === "report" ? "delete" : state.step));
}
