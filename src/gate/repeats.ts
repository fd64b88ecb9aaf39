import type { AuditEvent } from "../contract/audit.ts";

/** How long repeats are counted before a record says how many there were, in ms. */
const SUM_UP_MS = 10_000;
/** Shapes of a session whose repeats are counted at a time; past that the oldest is summed up. */
const MOST_SHAPES = 100;

/** What a session has done again and again. */
interface Repeated {
  /** As it was recorded last. */
  readonly event: AuditEvent;
  /** Since then. */
  count: number;
}

/**
 * Merges repeats of one decision on one shape within a session, so that a client in a loop, or one that wants to, does
 * not fill the audit: the first is recorded, the others are counted, and a record with their number follows after ten
 * seconds, and when the session ends.
 */
export class Repeats {
  readonly #sessions = new Map<string, Map<string, Repeated>>();
  readonly #sum: (event: AuditEvent) => void;

  /** `sum` records an event that stands for `detail.repeated` others. */
  constructor(sum: (event: AuditEvent) => void) {
    this.#sum = sum;
  }

  /**
   * The event that is to be recorded: this one, or this one with `detail.repeated`; or the id of the one on record that
   * it repeats.
   */
  take(event: AuditEvent): { readonly record: AuditEvent } | { readonly repeats: string } {
    const session = event.session ?? "";
    const shapes = this.#sessions.get(session) ?? new Map<string, Repeated>();
    if (shapes.size === 0) this.#sessions.set(session, shapes);
    const key = [event.action, event.command, event.role, event.reason, event.digest ?? event.sql].join("\0");
    const known = shapes.get(key);
    if (known === undefined) {
      this.#forgetOldest(shapes);
      shapes.set(key, { event, count: 0 });
      return { record: event };
    }
    known.count++;
    const due = event.time - known.event.time >= SUM_UP_MS;
    if (!due) return { repeats: known.event.id };
    shapes.delete(key);
    shapes.set(key, { event, count: 0 });
    return { record: summed(event, known.count - 1) };
  }

  /** Sums up what a session that ends has repeated. */
  end(session: string): void {
    for (const repeated of this.#sessions.get(session)?.values() ?? []) this.#sumUp(repeated);
    this.#sessions.delete(session);
  }

  #forgetOldest(shapes: Map<string, Repeated>): void {
    for (const [key, oldest] of shapes) {
      if (shapes.size < MOST_SHAPES) return;
      shapes.delete(key);
      this.#sumUp(oldest);
    }
  }

  #sumUp({ event, count }: Repeated): void {
    if (count > 0) this.#sum(summed(event, count));
  }
}

/** The event, standing for so many others like it. */
function summed(event: AuditEvent, repeated: number): AuditEvent {
  return repeated === 0 ? event : { ...event, detail: { ...event.detail, repeated } };
}
