/** Patterns of names: `*` stands for any run of characters, `?` for one, `\` takes the next as it is. */

/** A pattern ready to match whole texts. */
export interface Wildcard {
  /** As it was written. */
  readonly pattern: string;
  matches(text: string): boolean;
}

const ANY_RUN = -1;
const ANY_ONE = -2;

/**
 * Reads a pattern; with `ignoreCase`, letters match in either case. Matching takes time in the product of the two
 * lengths at worst, whatever the pattern. Undefined where the pattern is empty or ends in a lone backslash.
 */
export function parseWildcard(pattern: string, ignoreCase = false): Wildcard | undefined {
  const parts = partsOf(ignoreCase ? pattern.toLowerCase() : pattern);
  if (parts === undefined || parts.length === 0) return undefined;
  const plain = plainOf(parts);
  if (plain !== undefined) {
    const { text: wanted, more } = plain;
    return {
      pattern,
      matches: (text) => {
        const own = ignoreCase ? text.toLowerCase() : text;
        return more ? own.startsWith(wanted) : own === wanted;
      },
    };
  }
  return {
    pattern,
    matches: (text) => matchParts(parts, codePoints(ignoreCase ? text.toLowerCase() : text)),
  };
}

/** What most patterns are: a text, or its beginning with `more` behind it. */
function plainOf(parts: readonly number[]): { readonly text: string; readonly more: boolean } | undefined {
  const more = parts.at(-1) === ANY_RUN;
  const letters = more ? parts.slice(0, -1) : parts;
  return letters.some((part) => part < 0) ? undefined : { text: String.fromCodePoint(...letters), more };
}

/** Whether every text that `inner` matches is surely matched by `outer` too. False where that cannot be told. */
export function wildcardCovers(outer: string, inner: string, ignoreCase = false): boolean {
  const [parts, text] = [outer, inner].map((pattern) =>
    partsOf(ignoreCase ? pattern.toLowerCase() : pattern)
  );
  // The inner pattern is a text whose wildcards are letters that only wildcards match: `?` may be met by either.
  return parts !== undefined && text !== undefined && matchParts(parts, text);
}

function partsOf(pattern: string): number[] | undefined {
  const parts: number[] = [];
  const points = codePoints(pattern);
  for (let at = 0; at < points.length; at++) {
    const point = points[at] ?? 0;
    if (point === 0x2a) {
      if (parts.at(-1) !== ANY_RUN) parts.push(ANY_RUN);
    } else if (point === 0x3f) parts.push(ANY_ONE);
    else if (point === 0x5c) {
      const next = points[++at];
      if (next === undefined) return undefined;
      parts.push(next);
    } else parts.push(point);
  }
  return parts;
}

/** Greedy, going back to the last `*` only: what stood before it is settled. */
function matchParts(parts: readonly number[], text: readonly number[]): boolean {
  let part = 0;
  let at = 0;
  let lastRun = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = parts[part];
    if (wanted === ANY_RUN) {
      lastRun = part++;
      resume = at;
    } else if (
      wanted !== undefined && (wanted === text[at] || (wanted === ANY_ONE && text[at] !== ANY_RUN))
    ) {
      part++;
      at++;
    } else if (lastRun >= 0) {
      part = lastRun + 1;
      at = ++resume;
    } else return false;
  }
  while (parts[part] === ANY_RUN) part++;
  return part === parts.length;
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}
