import type { AuditEvent } from "../contract/audit.ts";
import type { SessionView } from "../proxy/decision.ts";
import type {
  FailedLogin,
  SessionObserver,
  SessionOpening,
  SessionSummary,
} from "../proxy/session_observer.ts";
import { type EventStamp, loginEvent, sessionEndEvent } from "./events.ts";

type Record = (make: (stamp: EventStamp) => AuditEvent) => void;

/** Records logins and the ends of sessions. */
export class SessionTrail implements SessionObserver {
  readonly #record: Record;
  readonly #ended: (session: string) => void;

  /** `ended` is called with the id of a session before its end is recorded. */
  constructor(record: Record, ended: (session: string) => void) {
    this.#record = record;
    this.#ended = ended;
  }

  opened(session: SessionView, opening: SessionOpening): void {
    this.#record((stamp) => loginEvent(stamp, session, opening));
  }

  ended(session: SessionView, summary: SessionSummary): void {
    this.#ended(session.id);
    this.#record((stamp) => sessionEndEvent(stamp, session, summary));
  }

  loginFailed({ id: session, user, client, cause, errno, message }: FailedLogin): void {
    this.#record((stamp) => ({
      ...stamp,
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
