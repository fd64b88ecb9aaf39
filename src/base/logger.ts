import { guarded, visible } from "./visible.ts";

/** Log levels, most urgent first. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Fields of one log line. Values are plain data; a `Secret` among them prints as `***`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes structured lines. Messages are fixed phrases; what varies goes into the fields, and no SQL literal does. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** Whether lines of this level are written; asks before costly fields are made. */
  enabled(level: LogLevel): boolean;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `json` is one object a line; `pretty` is for a terminal. */
  readonly format: "json" | "pretty";
  /** Takes one finished line without its newline. */
  readonly write: (line: string) => void;
  readonly now?: () => number;
}

/** A logger over a line sink. */
export function createLogger(options: LoggerOptions, base: LogFields = {}): Logger {
  const threshold = LOG_LEVELS.indexOf(options.level);
  const now = options.now ?? Date.now;
  const log = (level: LogLevel, message: string, fields: LogFields | undefined) => {
    if (LOG_LEVELS.indexOf(level) > threshold) return;
    const time = new Date(now()).toISOString();
    const all = { ...base, ...fields };
    options.write(
      options.format === "json"
        ? guarded(JSON.stringify({ time, level, message, ...all }, replaceErrors))
        : formatPretty(time, level, message, all),
    );
  };
  return {
    error: (message, fields) => log("error", message, fields),
    warn: (message, fields) => log("warn", message, fields),
    info: (message, fields) => log("info", message, fields),
    debug: (message, fields) => log("debug", message, fields),
    enabled: (level) => LOG_LEVELS.indexOf(level) <= threshold,
    with: (fields) => createLogger(options, { ...base, ...fields }),
  };
}

function replaceErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "bigint" ? value.toString() : value;
}

function formatPretty(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) =>
      `${key}=${visible(typeof value === "string" ? value : JSON.stringify(value, replaceErrors))}`
    );
  return `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${visible(message)}${
    parts.length > 0 ? "  " + parts.join(" ") : ""
  }`;
}
