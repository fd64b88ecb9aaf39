import type { OwnLogin } from "./state.ts";

/** How far the clock that stamps a use may be from the one of the API's Date header, and how late it may stamp, in ms. */
const MARGIN_MS = 10_000;
/** Longest time that one login takes: one that a process left open was over by then. */
const LONGEST_MS = 30_000;

/** Whether a use at this time, by the API's clock, may be one of these logins. */
export function isOwn(usedAt: Date, logins: readonly OwnLogin[]): boolean {
  const at = usedAt.getTime();
  return logins.some(({ from, until }) => {
    const begun = Date.parse(from);
    const ended = until === null ? begun + LONGEST_MS : Date.parse(until);
    return at >= begun - MARGIN_MS && at <= ended + MARGIN_MS;
  });
}

/** The logins with one more that begins; one that another process left open stays so. */
export function begun(logins: readonly OwnLogin[], from: string): OwnLogin[] {
  return [...logins, { from, until: null }];
}

/** The logins with the last one ended, those that lie close together taken as one. */
export function ended(logins: readonly OwnLogin[], until: string): OwnLogin[] {
  const [last] = logins.slice(-1);
  if (last === undefined) return [];
  const before = logins[logins.length - 2];
  const close = before !== undefined && before.until !== null &&
    Date.parse(last.from) - Date.parse(before.until) < MARGIN_MS && before.until <= last.from;
  return close
    ? [...logins.slice(0, -2), { from: before.from, until }]
    : [...logins.slice(0, -1), { from: last.from, until }];
}
