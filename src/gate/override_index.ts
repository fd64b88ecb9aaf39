import type { ApprovedDigest, Block, BreakGlass, Overrides } from "../contract/override.ts";

/** Overrides laid out for look-ups; those that have expired do not count. */
export class OverrideIndex {
  readonly #blocks = new Map<string, Block>();
  readonly #breakGlass = new Map<string, BreakGlass>();
  readonly #approved = new Map<string, ApprovedDigest[]>();
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
      if (!live(entry.until)) continue;
      const key = `${entry.role}\0${entry.digest}`;
      const others = this.#approved.get(key);
      if (others === undefined) this.#approved.set(key, [entry]);
      else others.push(entry);
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

  /** The approval of a digest for a role that covers these tables; `tables` is asked only where one may. */
  approved(role: string, digest: string, tables: () => readonly string[]): ApprovedDigest | undefined {
    const entries = this.#approved.get(`${role}\0${digest}`);
    if (entries === undefined) return undefined;
    const named = tables();
    return entries.find((entry) => named.every((table) => entry.tables?.includes(table)));
  }

  learned(role: string): ReadonlySet<string> | undefined {
    return this.#learned.get(role);
  }
}
