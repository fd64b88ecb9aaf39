/**
 * What `allow`, `hold` and `deny` list. A word is one of:
 *
 * - a rule's code (`D001`) or name (`delete-without-where`);
 * - a group of rules (`performance`, `performance/*`), its letter (`P`), or some of a group by name (`performance/select-*`);
 * - a category of statements (`ddl`, `ddl/*`) or some of its kinds (`ddl/drop-*`): see statement_categories.ts;
 * - a statement's digest, 64 hexadecimal digits;
 * - `*`: every statement.
 */

import { parseWildcard } from "../../base/wildcard.ts";
import type { StatementKind } from "../../sql/statement.ts";
import { ALL_RULES, findRule, ruleIds } from "../registry.ts";
import { GROUP_LETTERS } from "../rule.ts";
import type { Finding } from "../verdict.ts";
import type { StatementView } from "./policy.ts";
import { kindsOf, STATEMENT_CATEGORIES, type StatementCategory } from "./statement_categories.ts";

/** A word of a list, understood. */
export interface Selector {
  /** As it was written. */
  readonly word: string;
  /** Codes of rules. */
  readonly rules: ReadonlySet<string>;
  readonly kinds: ReadonlySet<StatementKind>;
  /** Lower case. */
  readonly digest: string | undefined;
}

const NONE: ReadonlySet<never> = new Set();
const GROUPS = Object.keys(GROUP_LETTERS);

/** Understands a word; undefined for one that names nothing. Case does not count. */
export function parseSelector(word: string): Selector | undefined {
  const text = word.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(text)) return { word, rules: NONE, kinds: NONE, digest: text };
  if (text === "*") {
    return { word, rules: NONE, kinds: new Set(STATEMENT_CATEGORIES.flatMap(kindsOf)), digest: undefined };
  }
  const rule = findRule(text);
  if (rule !== undefined) return { word, rules: new Set([rule.code]), kinds: NONE, digest: undefined };
  const slash = text.indexOf("/");
  const name = slash < 0 ? text : text.slice(0, slash);
  const some = parseWildcard(slash < 0 ? "*" : text.slice(slash + 1));
  if (some === undefined) return undefined;
  const group = GROUPS.find((candidate) =>
    candidate === name || GROUP_LETTERS[candidate as keyof typeof GROUP_LETTERS].toLowerCase() === name
  );
  if (group !== undefined) {
    const rules = ALL_RULES.filter((candidate) => candidate.group === group && some.matches(candidate.name));
    return notEmpty({
      word,
      rules: new Set(rules.map((candidate) => candidate.code)),
      kinds: NONE,
      digest: undefined,
    });
  }
  if (!(STATEMENT_CATEGORIES as readonly string[]).includes(name)) return undefined;
  const kinds = kindsOf(name as StatementCategory).filter((kind) => some.matches(kind));
  return notEmpty({ word, rules: NONE, kinds: new Set(kinds), digest: undefined });
}

function notEmpty(selector: Selector): Selector | undefined {
  return selector.rules.size + selector.kinds.size > 0 ? selector : undefined;
}

/** Every word that names something, digests left out: for suggestions. */
export function selectorWords(): string[] {
  return [
    ...ruleIds(),
    ...GROUPS.flatMap((group) => [group, `${group}/*`]),
    ...STATEMENT_CATEGORIES.flatMap((category) => [
      category,
      `${category}/*`,
      ...kindsOf(category).map((kind) => `${category}/${kind}`),
    ]),
  ];
}

/** Whether a selector surely takes in everything that another one does. */
export function selectorCovers(outer: Selector, inner: Selector): boolean {
  if (inner.digest !== undefined) return outer.digest === inner.digest;
  return [...inner.rules].every((code) => outer.rules.has(code)) &&
    [...inner.kinds].every((kind) => outer.kinds.has(kind));
}

/** What matched: the selector, and the finding it matched by where there is one. */
export interface SelectorMatch {
  readonly selector: Selector;
  readonly finding: Finding | undefined;
}

/** Several selectors, ready to match. */
export class SelectorList {
  readonly #digests = new Map<string, Selector>();
  readonly #rules = new Map<string, Selector>();
  readonly #kinds = new Map<StatementKind, Selector>();

  constructor(selectors: readonly Selector[]) {
    for (const selector of selectors) {
      if (selector.digest !== undefined) this.#digests.set(selector.digest, selector);
      for (const code of selector.rules) if (!this.#rules.has(code)) this.#rules.set(code, selector);
      for (const kind of selector.kinds) if (!this.#kinds.has(kind)) this.#kinds.set(kind, selector);
    }
  }

  /** The digest, which takes time to work out, is asked for only where some are listed. */
  hasDigestOf(statement: StatementView): boolean {
    return this.#digests.size > 0 && this.#digests.has(statement.digest);
  }

  hasRule(code: string): boolean {
    return this.#rules.has(code);
  }

  /** Whether each of the kinds is listed: a statement that is allowed by kind is allowed with all it holds. */
  hasEveryKind(kinds: readonly StatementKind[]): boolean {
    return this.#kinds.size > 0 && kinds.every((kind) => this.#kinds.has(kind));
  }

  /** The first match with a statement: by its digest, by its kinds, then by the findings given. */
  match(statement: StatementView, findings: readonly Finding[]): SelectorMatch | undefined {
    const byDigest = this.#digests.size === 0 ? undefined : this.#digests.get(statement.digest);
    if (byDigest !== undefined) return { selector: byDigest, finding: undefined };
    if (this.#kinds.size > 0) {
      for (const kind of statement.kinds) {
        const selector = this.#kinds.get(kind);
        if (selector !== undefined) return { selector, finding: undefined };
      }
    }
    if (this.#rules.size > 0) {
      for (const finding of findings) {
        const selector = this.#rules.get(finding.rule.code);
        if (selector !== undefined) return { selector, finding };
      }
    }
    return undefined;
  }
}
