/** Fields of requests, each parsed to what the routes work with. Shapes of answers are the contract's. */
import * as z from "zod";
import { parseDurationMs } from "../base/duration.ts";

const YEAR_MS = 366 * 24 * 3_600_000;

/**
 * Text of one line for people. It reaches terminals, logs, clients' errors and other administrators, so it has no control
 * characters, and none that are not seen: they turn text round or make two names look like one.
 */
function line(most: number) {
  return z.string().trim().min(1, "Say something here").max(most, `At most ${most} characters`)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]*$/u, "One line, without control characters or invisible ones");
}

/** Who does something, as they name themselves. */
export const by = line(100);
export const reason = line(500);
export const role = line(100);

/** A duration above nothing, up to a year, in ms. */
export const lasts = z.string().transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0 && ms <= YEAR_MS) return ms;
  context.addIssue({ code: "custom", message: "Write a duration up to a year, such as 30m, 1h or 7d" });
  return z.NEVER;
});

/** A moment, RFC 3339 or a duration before now, as a function of now; all in ms since the Unix epoch. */
export const moment = z.string().transform((text, context): (now: number) => number => {
  const ago = parseDurationMs(text);
  if (ago !== undefined) return (now) => now - ago;
  const at = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(at)) return () => at;
  context.addIssue({
    code: "custom",
    message: "Write a time such as 2026-05-18T12:00:00Z, or how long ago: 1h",
  });
  return z.NEVER;
});

/** A number of a query string. */
export function count(min: number, max: number) {
  return z.string().regex(/^\d{1,16}$/, "Write a whole number").transform(Number).refine(
    (number) => number >= min && number <= max,
    `From ${min} to ${max}`,
  );
}

/** Words of a query string, one or several with commas. */
export const words = z.string().min(1).max(200).transform((text) =>
  text.split(",").filter((each) => each !== "")
).describe("One, or several with commas");
