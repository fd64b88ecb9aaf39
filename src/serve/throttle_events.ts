import type { LiveEvent } from "../contract/live_event.ts";

/** Decisions a second that a worker tells its supervisor of: more than one that looks could be shown. */
const DECISIONS_PER_SECOND = 200;

/** Passes events on, of decisions at most 200 a second; those left out are told of as a number with the next one. */
export function throttleEvents(
  pass: (event: LiveEvent) => void,
  now: () => number = () => performance.now(),
): (event: LiveEvent) => void {
  let second = 0;
  let passed = 0;
  let skipped = 0;
  return (event) => {
    if (event.type !== "decision") return pass(event);
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      passed = 0;
      if (skipped > 0) pass({ type: "skipped", count: skipped });
      skipped = 0;
    }
    if (passed >= DECISIONS_PER_SECOND) skipped++;
    else {
      passed++;
      pass(event);
    }
  };
}
