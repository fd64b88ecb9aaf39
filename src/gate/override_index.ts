import type { ApprovedDigest, Block, BreakGlass, Overrides } from "../contract/override.ts";

/** Overrides laid out for look-ups; those that have expired do not count. */
export class OverrideIndex {
  readonly #blocks = new Map<string, Block>();
  readonly #breakGlass = new Map<string, BreakGlass>();
  readonly #approved = new Map<string, ApprovedDigest>();
  readonly #learned = new Map<string, ReadonlySet<string>>();
  /** When the next of them expires, in ms since the Unix epoch. */
  readonly nextExpiry: number;
  readonly source: Overrides;

  constructor(source: Overrides, now: number) {
    this.source = source;
    let next = Infinity;
    const live = (until: number | undefined): boolean => {
      if (until === undefined) return true;
      if (until <= now) return false;
      if (until < next) next = until;
      return true;
    };
    for (const block of source.blocks) if (live(block.until)) this.#blocks.set(block.digest, block);
    for (const entry of source.break_glass) if (live(entry.until)) this.#breakGlass.set(entry.role, entry);
    for (const entry of source.approved) {
      if (live(entry.until)) this.#approved.set(`${entry.role}\0${entry.digest}`, entry);
    }
    for (const [role, digests] of Object.entries(source.learned)) this.#learned.set(role, new Set(digests));
    this.nextExpiry = next;
  }

  /** Whether any digest has to be known for a decision under a role. */
  get looksAtDigests(): boolean {
    return this.#blocks.size > 0 || this.#approved.size > 0;
  }

  block(digest: string): Block | undefined {
    return this.#blocks.get(digest);
  }

  breakGlass(role: string): BreakGlass | undefined {
    return this.#breakGlass.get(role);
  }

  approved(role: string, digest: string): ApprovedDigest | undefined {
    return this.#approved.get(`${role}\0${digest}`);
  }

  learned(role: string): ReadonlySet<string> | undefined {
    return this.#learned.get(role);
  }
}
