import { InvalidArgumentError } from "@commander-js/extra-typings";
import { parseDurationMs } from "../base/duration.ts";

/** For `.argParser`: milliseconds from `30s`, `15m`, `1h30m`. */
export function durationOption(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new InvalidArgumentError("Write a duration such as 500ms, 30s, 15m or 8h");
  return ms;
}

/** For `.argParser`: a whole number from `min` to `max`, both allowed. */
export function integerOption(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Write a whole number ${range}`);
  };
}

/** For `.argParser` of an option that may be repeated or takes `a,b,c`: all words given. */
export function listOption(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), ...text.split(",").map((word) => word.trim()).filter((word) => word !== "")];
}
