import type { ShadowDifference } from "./gate.ts";
import type { StatementDecision } from "./statement_decision.ts";

const MOST_LISTED = 100;

/** The statement shapes for which the shadow policy lately decided otherwise, each once. */
export class ShadowLog {
  readonly #entries = new Map<string, ShadowDifference>();

  add({ shadow, role, action, judged }: StatementDecision, time: number): void {
    if (shadow === undefined) return;
    const { digest } = judged;
    const key = `${role.name}\0${shadow.role}\0${shadow.key}\0${digest}`;
    this.#entries.delete(key);
    this.#entries.set(key, {
      role: role.name,
      shadowRole: shadow.role,
      from: action,
      to: shadow.decision.action,
      digest,
      sql: judged.shape.normalised,
      reason: shadow.decision.reason,
      time,
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_LISTED) break;
      this.#entries.delete(oldest);
    }
  }

  /** Newest first. */
  list(): readonly ShadowDifference[] {
    return [...this.#entries.values()].reverse();
  }

  clear(): void {
    this.#entries.clear();
  }
}
