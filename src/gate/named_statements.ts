import type { Part } from "./statement_decision.ts";

/** Names kept of one session; of more the oldest are forgotten. */
const MOST_NAMES = 1024;
/** Names that no collation takes for another of them. */
const PLAIN_NAME = /^[a-z0-9_$]+$/;

/** What a session has prepared by PREPARE, by name: what EXECUTE runs. A value that is not changed. */
export class NamedStatements {
  readonly #byName: ReadonlyMap<string, readonly Part[]>;

  constructor(byName: ReadonlyMap<string, readonly Part[]> = new Map()) {
    this.#byName = byName;
  }

  /** The statements that EXECUTE of a name, in lower case, may run. */
  find(name: string): readonly Part[] {
    const same = this.#byName.get(name) ?? [];
    const others = [...this.#byName].filter(([other]) =>
      other !== name && !(PLAIN_NAME.test(name) && PLAIN_NAME.test(other))
    );
    return [...same, ...others.flatMap(([, parts]) => parts)];
  }

  /** With what a PREPARE names; `also`: what had the name may have kept it. */
  with(name: string, parts: readonly Part[], also: boolean): NamedStatements {
    const byName = new Map(this.#byName);
    const before = also ? byName.get(name) ?? [] : [];
    byName.delete(name);
    byName.set(name, [
      ...before,
      ...parts.filter(({ judged }) => !before.some((one) => one.judged === judged)),
    ]);
    for (const oldest of byName.keys()) {
      if (byName.size <= MOST_NAMES) break;
      byName.delete(oldest);
    }
    return new NamedStatements(byName);
  }

  /** What may be named where it is not known which of the two holds. */
  or(other: NamedStatements): NamedStatements {
    if (other === this) return this;
    const changed = [...other.#byName].filter(([name, parts]) => this.#byName.get(name) !== parts);
    return changed.reduce<NamedStatements>((both, [name, parts]) => both.with(name, parts, true), this);
  }
}

export const NOTHING_NAMED: NamedStatements = new NamedStatements();
