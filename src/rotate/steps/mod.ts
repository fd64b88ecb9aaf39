import type { Step } from "../rotation.ts";
import type { StepId } from "../state.ts";
import { createStep } from "./create.ts";
import { deleteStep } from "./delete.ts";
import { deliverStep } from "./deliver.ts";
import { recycleStep } from "./recycle.ts";
import { verifyStep } from "./verify.ts";

/** The steps that a saved rotation runs; preflight comes before there is one, and the report after. */
export const STEPS: readonly Step[] = [createStep, deliverStep, verifyStep, recycleStep, deleteStep];

/** What each step is for, those without code included. */
export const STEP_TITLES: Readonly<Record<StepId, string>> = {
  preflight: "Look before anything is changed",
  create: createStep.title,
  deliver: deliverStep.title,
  verify: verifyStep.title,
  recycle: recycleStep.title,
  delete: deleteStep.title,
  report: "Say what was done",
};
