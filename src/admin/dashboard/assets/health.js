/** One line that says whether all is well, and what is not. */
import { byId, h, showItems } from "./dom.js";
import { formatMs } from "./format.js";

/** @import { Stats } from "./types.ts" */

/** An event loop held up for longer than this is worth a mark, in ms. */
const LAG_MS = 100;

/** @typedef {{ name: string, state: "good" | "bad" | "unknown", text: string }} Sign */

export class HealthLine {
  /** @type {Sign} */
  #backend = { name: "Database", state: "unknown", text: "asking" };
  /** @type {Sign} */
  #stream = { name: "Live", state: "unknown", text: "connecting" };

  /** Asks whether the database can be reached; that needs no key. */
  async ask() {
    try {
      const response = await fetch("/readyz", { cache: "no-store" });
      const { detail } = await response.json();
      this.#backend = { name: "Database", state: response.ok ? "good" : "bad", text: String(detail) };
    } catch {
      this.#backend = { name: "Database", state: "unknown", text: "querycop does not answer" };
    }
  }

  /**
   * @param {Sign["state"]} state
   * @param {string} text
   */
  setStream(state, text) {
    this.#stream = { name: "Live", state, text };
  }

  /** @param {Stats | undefined} stats */
  show(stats) {
    const signs = [this.#stream, this.#backend];
    if (stats !== undefined) signs.push(audit(stats), loop(stats));
    showItems(byId("health"), signs, ({ name }) => name, ({ name, state, text }) =>
      h(
        "li",
        { class: state },
        h("i", { "aria-hidden": "true" }),
        h("span", { class: "name" }, name),
        h("span", { class: "text", title: text }, state === "bad" ? h("b", {}, text) : text),
      ));
  }
}

/**
 * @param {Stats} stats
 * @returns {Sign}
 */
function audit({ audit }) {
  const lost = audit.lost > 0 ? `, ${audit.lost} lost` : "";
  return {
    name: "Audit",
    state: audit.healthy && audit.lost === 0 ? "good" : "bad",
    text: audit.healthy ? `written${lost}` : `${audit.problem ?? "cannot be written"}${lost}`,
  };
}

/**
 * @param {Stats} stats
 * @returns {Sign}
 */
function loop({ event_loop_lag_ms: lag }) {
  return {
    name: "Event loop",
    state: lag > LAG_MS ? "bad" : "good",
    text: `${formatMs(Math.max(1, lag))} behind at most`,
  };
}
