/** How findings become a score and a score becomes a level. */

import { type Level, LEVELS } from "../contract/words.ts";

export { type Level, LEVELS };

/** The lowest score of each level. */
export const LEVEL_FLOORS: Readonly<Record<Level, number>> = {
  info: 0,
  low: 15,
  medium: 40,
  high: 70,
  critical: 90,
};

/** The level a score of 0 to 100 belongs to. */
export function levelOf(score: number): Level {
  if (score >= LEVEL_FLOORS.critical) return "critical";
  if (score >= LEVEL_FLOORS.high) return "high";
  if (score >= LEVEL_FLOORS.medium) return "medium";
  return score >= LEVEL_FLOORS.low ? "low" : "info";
}

/**
 * The score of a statement from those of its findings: the highest, plus at most 10 for the rest by
 * 10 * (1 - product of (1 - s/200)), rounded to one decimal. The rest never lifts the highest into the next level: no sum
 * of remarks is an alarm.
 */
export function combineScores(scores: Iterable<number>): number {
  let highest = 0;
  let remaining = 1;
  for (const score of scores) {
    const rest = Math.min(score, highest);
    highest = Math.max(score, highest);
    remaining *= 1 - rest / 200;
  }
  return Math.min(ceilingOf(highest), Math.round((highest + 10 * (1 - remaining)) * 10) / 10);
}

/** The highest score of the level that a score belongs to. */
function ceilingOf(score: number): number {
  for (const level of LEVELS) {
    const floor = LEVEL_FLOORS[level];
    if (floor > score) return Math.max(score, floor - 0.1);
  }
  return 100;
}
