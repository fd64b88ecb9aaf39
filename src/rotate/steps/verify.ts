import { QuerycopError, ServerError, TlsError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Rotation, Step } from "../rotation.ts";
import type { StepId } from "../state.ts";
import type { LoginTarget } from "../world.ts";
import { usedByOthers } from "../observe.ts";
import { secretOf, supersede } from "./deliver.ts";

export const verifyStep: Step = {
  id: "verify",
  title: "Log in with the new pair, at the database and through querycop",
  holds: "every login succeeds",
  run: verify,
};

async function verify(rotation: Rotation): Promise<StepId> {
  const { world } = rotation;
  if (rotation.current.verifiedAt !== null) return "recycle";
  if (rotation.current.deliveredTo.length < world.sinks.length) return "deliver";
  const secret = await secretOf(rotation);
  if (secret === undefined) return "create";
  // Seen now or never: our own login hides what was used before it.
  const listed = (await rotation.list()).find(({ id }) => id === rotation.current.id);
  if (listed !== undefined && usedByOthers(rotation, listed) && !rotation.current.taken) {
    await rotation.save({ current: { ...rotation.current, taken: true } });
  }
  try {
    for (const login of world.logins) await until(rotation, login, secret);
  } catch (error) {
    if (world.signal.aborted) throw error;
    if (rotation.recalled && error instanceof QuerycopError && error.code === "step.verify") {
      await supersede(rotation, "what the sink holds is not accepted");
      return "create";
    }
    throw error;
  }
  await rotation.save({
    current: { ...rotation.current, verifiedAt: rotation.nowText() },
  }, `The new pair logs in at ${world.logins.map(({ name }) => name).join(" and ")}`);
  return "recycle";
}

/** Tries until it succeeds: a password is not known everywhere the moment it is made. */
async function until(rotation: Rotation, login: LoginTarget, secret: Secret): Promise<void> {
  const { timing, limits, signal, narrator } = rotation.world;
  const started = timing.monotonic();
  for (;;) {
    try {
      return await rotation.logIn(login, secret);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // A certificate does not become right by waiting.
      if (!(error instanceof QuerycopError) || error instanceof TlsError) throw error;
      if (timing.monotonic() - started + limits.pollMs > limits.verifyMs) throw given(login, error);
      narrator.waiting(`${login.name}: ${error.message}`);
    }
    await rotation.pause();
  }
}

function given(login: LoginTarget, error: QuerycopError): QuerycopError {
  if (!(error instanceof ServerError)) return error;
  return new QuerycopError("step.verify", `The new pair does not log in at ${login.name}: ${error.message}`, {
    hint: "Check that the backend is the branch that the password is for, and the password's IP restrictions",
    cause: error,
  });
}
