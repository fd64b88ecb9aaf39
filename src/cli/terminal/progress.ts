import type { Output, Progress } from "../../commands/context.ts";

/** Work that is done sooner shows no progress at all. */
const DELAY_MS = 300;
const INTERVAL_MS = 100;
const CLEAR_LINE = "\r\x1b[K";
const NONE: Progress = { update: () => {}, end: () => {} };

/** A progress line on a terminal, nothing elsewhere. */
export function startProgress(label: string, stderr: Output, quiet: boolean): Progress {
  if (quiet || !stderr.isTerminal) return NONE;
  const started = performance.now();
  let lastDrawn = 0;
  let shown = false;
  let state: Parameters<Progress["update"]>[0] = "";
  const draw = () => {
    const now = performance.now();
    if (now - started < DELAY_MS || now - lastDrawn < INTERVAL_MS) return;
    lastDrawn = now;
    shown = true;
    const seconds = Math.floor((now - started) / 1000);
    const text = `${label} ${describe(state, stderr)} ${stderr.style.dim(`${seconds}s`)}`;
    stderr.write(CLEAR_LINE + text);
  };
  const timer = setInterval(draw, INTERVAL_MS);
  Deno.unrefTimer(timer);
  return {
    update(next) {
      state = next;
      draw();
    },
    end() {
      clearInterval(timer);
      if (shown) stderr.write(CLEAR_LINE);
      shown = false;
    },
  };
}

function describe(state: Parameters<Progress["update"]>[0], stderr: Output): string {
  if (typeof state === "string") return state;
  const share = state.total > 0 ? Math.min(1, state.done / state.total) : 0;
  const width = Math.max(10, Math.min(30, stderr.columns - 40));
  const filled = Math.round(share * width);
  return `[${"#".repeat(filled)}${" ".repeat(width - filled)}] ${Math.floor(share * 100)}%`;
}
