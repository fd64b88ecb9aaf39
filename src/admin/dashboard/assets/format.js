/** Numbers and times as people read them. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/**
 * `1,234`, and from a hundred thousand on `123.5K`.
 *
 * @param {number} count
 */
export function formatCount(count) {
  return count < 100_000 ? WHOLE.format(count) : COMPACT.format(count);
}

/**
 * A rate with as many digits as matter: `0`, `0.3`, `12`, `3,456`.
 *
 * @param {number} rate
 */
export function formatRate(rate) {
  if (rate === 0) return "0";
  return rate < 10 ? rate.toFixed(1) : formatCount(rate);
}

/**
 * `512 B`, `3.4 KB`, `12 MB`: by thousands of 1024.
 *
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/**
 * A short time: `0.31 ms`, `4.2 ms`, `120 ms`, `3.4 s`, `12 min`.
 *
 * @param {number} ms
 */
export function formatMs(ms) {
  if (ms < 0.0005) return "0 ms";
  if (ms < 1) return `${ms.toPrecision(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(0)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/**
 * How long something has lasted, or will: `8s`, `4m 10s`, `2h 5m`, `3d 4h`.
 *
 * @param {number} seconds
 */
export function formatSpan(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount !== 0);
  if (first === -1) return "0s";
  return parts.slice(first, first + 2).filter(([amount]) => amount !== 0).map((part) => part.join("")).join(
    " ",
  );
}

/**
 * The time of day, with the date where it is not today's.
 *
 * @param {number} ms since the Unix epoch
 * @param {number} [now]
 */
export function formatTime(ms, now = Date.now()) {
  const date = new Date(ms);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** What each decision is called on the page. */
const ACTIONS = new Map([
  ["allow", "allowed"],
  ["warn", "warned"],
  ["hold", "held"],
  ["refuse", "refused"],
  ["would_hold", "would hold"],
  ["would_refuse", "would refuse"],
]);

/** @param {string} action */
export function formatAction(action) {
  return ACTIONS.get(action) ?? action.replaceAll("_", " ");
}

/**
 * Whatever a policy says in one line: `users: abc*; clients: 10.0.0.0/8`.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function formatSetting(value) {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(formatSetting).join(", ");
  if (typeof value === "object") {
    return Object.entries(value).filter(([, part]) => part !== undefined && part !== null)
      .map(([name, part]) => `${name.replaceAll("_", " ")}: ${formatSetting(part)}`).join("; ");
  }
  return String(value);
}
