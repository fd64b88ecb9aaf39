import type { AuditEvent } from "../contract/audit.ts";
import type { SessionView } from "../proxy/decision.ts";
import type {
  FailedLogin,
  SessionObserver,
  SessionOpening,
  SessionSummary,
} from "../proxy/session_observer.ts";
import { loginEvent, sessionEndEvent } from "./events.ts";

/** Records logins and the ends of sessions. */
export class SessionTrail implements SessionObserver {
  readonly #record: (make: (id: string, time: number) => AuditEvent) => void;
  readonly #changedUser: (session: SessionView) => void;

  /** `changedUser` is told of each COM_CHANGE_USER that succeeded. */
  constructor(
    record: (make: (id: string, time: number) => AuditEvent) => void,
    changedUser: (session: SessionView) => void,
  ) {
    this.#record = record;
    this.#changedUser = changedUser;
  }

  opened(session: SessionView, opening: SessionOpening): void {
    if (opening.changedFrom !== undefined) this.#changedUser(session);
    this.#record((id, time) => loginEvent(id, time, session, opening));
  }

  ended(session: SessionView, summary: SessionSummary): void {
    this.#record((id, time) => sessionEndEvent(id, time, session, summary));
  }

  loginFailed({ id: session, user, client, cause, errno, message }: FailedLogin): void {
    this.#record((id, time) => ({
      id,
      time,
      type: "login",
      action: "refused",
      session,
      user,
      client: client.host,
      reason: message,
      detail: { cause, errno },
    }));
  }
}
