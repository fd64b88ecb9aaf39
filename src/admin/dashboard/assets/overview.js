/** Figures, charts and the health line: everything that comes with the event of each second. */
import { Chart } from "./charts.js";
import { byId, h, setText } from "./dom.js";
import { formatBytes, formatCount, formatMs, formatRate, formatSpan } from "./format.js";

/** @import { Stats } from "./types.ts" */

/** Lowest and highest score that each bar of the histogram stands for. */
const RISK_BARS = [[0, 0], ...Array.from({ length: 10 }, (_, ten) => [ten * 10 || 1, ten * 10 + 9]), [
  100,
  100,
]];

/** Decisions, in the order of their lines. */
/** @type {readonly { label: string, colour: string, of: readonly (keyof Stats["statements"])[], fill?: boolean }[]} */
const DECISIONS = [
  { label: "allowed", colour: "allow", of: ["allow"], fill: true },
  { label: "warned", colour: "warn", of: ["warn"] },
  { label: "held", colour: "hold", of: ["hold"] },
  { label: "refused", colour: "refuse", of: ["refuse"] },
  { label: "would refuse", colour: "would", of: ["would_hold", "would_refuse"] },
];

const FIGURES = [
  "Statements per second",
  "Refused in 5 minutes",
  "Held now",
  "Sessions",
  "Own time, p99",
  "Backend, p95",
];

export class Overview {
  /** @type {Stats | undefined} */
  #last;
  /** @type {{ time: number, refused: number }[]} */
  #refused = [];
  /** @type {HTMLElement[]} */
  #figures = [];
  #traffic = new Chart({
    title: "Statements",
    unit: "per second, by decision",
    lines: DECISIONS,
    format: formatRate,
    wide: true,
  });
  #own = new Chart({
    title: "Own time",
    unit: "per statement",
    lines: [
      { label: "p50", colour: "line-1" },
      { label: "p95", colour: "line-2" },
      { label: "p99", colour: "line-3" },
    ],
    format: (us) => formatMicroseconds(us),
  });
  #backend = new Chart({
    title: "Backend",
    unit: "time to the response's end",
    lines: [
      { label: "p50", colour: "line-1" },
      { label: "p95", colour: "line-2" },
      { label: "p99", colour: "line-3" },
    ],
    format: formatMs,
  });
  #bytes = new Chart({
    title: "Bytes",
    unit: "per second",
    lines: [
      { label: "to clients", colour: "line-1", fill: true },
      { label: "to the database", colour: "line-3" },
    ],
    format: formatBytes,
    binary: true,
  });
  #risk = new RiskHistogram();

  constructor() {
    byId("figures").append(...FIGURES.map((label) => {
      const value = h("dd", {}, "–");
      this.#figures.push(value);
      return h("div", {}, h("dt", {}, label), value);
    }));
    const charts = [this.#traffic, this.#own, this.#backend, this.#bytes];
    this.#traffic.element.classList.add("double");
    byId("charts").append(
      this.#traffic.element,
      this.#risk.element,
      this.#own.element,
      this.#backend.element,
      this.#bytes.element,
    );
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      for (const chart of charts) chart.recolour();
    });
  }

  /** @param {Stats} stats */
  push(stats) {
    const last = this.#last;
    this.#last = stats;
    const refused = total(stats, ["refuse"]);
    this.#refused = [...this.#refused.filter(({ time }) => time > stats.time - 300_000), {
      time: stats.time,
      refused,
    }];
    let rate;
    // A server that started again counts from zero: no rate until it has been heard twice.
    if (last !== undefined && stats.uptime_s >= last.uptime_s && stats.time > last.time) {
      const seconds = (stats.time - last.time) / 1000;
      const perSecond = (/** @type {number} */ now, /** @type {number} */ before) =>
        Math.max(0, now - before) / seconds;
      const time = stats.time / 1000;
      const rates = DECISIONS.map(({ of }) => perSecond(total(stats, of), total(last, of)));
      rate = rates.reduce((sum, one) => sum + one, 0);
      this.#traffic.push(time, rates);
      this.#own.push(time, percentiles(stats.own_us));
      this.#backend.push(time, percentiles(stats.backend_ms));
      this.#bytes.push(time, [
        perSecond(stats.bytes.backend, last.bytes.backend),
        perSecond(stats.bytes.client, last.bytes.client),
      ]);
    } else if (last !== undefined && stats.uptime_s < last.uptime_s) this.#refused = [];
    this.#risk.show(stats.risk);
    const figures = [
      rate === undefined ? "–" : formatRate(rate),
      formatCount(Math.max(0, refused - (this.#refused[0]?.refused ?? refused))),
      formatCount(stats.held),
      formatCount(stats.sessions),
      stats.own_us.p99 === null ? "–" : formatMicroseconds(stats.own_us.p99),
      stats.backend_ms.p95 === null ? "–" : formatMs(stats.backend_ms.p95),
    ];
    for (const [at, text] of figures.entries()) setText(/** @type {Element} */ (this.#figures[at]), text);
    setText(byId("version"), `querycop ${stats.version}, up ${formatSpan(stats.uptime_s)}`);
    const mode = byId("mode");
    setText(mode, stats.mode === "enforce" ? "enforcing" : stats.mode);
    mode.classList.toggle("monitor", stats.mode !== "enforce");
  }

  /** The newest, for the health line. */
  get last() {
    return this.#last;
  }
}

/**
 * @param {Stats} stats
 * @param {readonly (keyof Stats["statements"])[]} decisions
 */
function total(stats, decisions) {
  return decisions.reduce((sum, decision) => sum + (stats.statements[decision]), 0);
}

/** @param {Stats["own_us"]} values */
function percentiles({ p50, p95, p99 }) {
  return [p50, p95, p99];
}

/** @param {number} us */
function formatMicroseconds(us) {
  return us < 1000 ? `${us < 10 ? us.toFixed(1) : us.toFixed(0)} µs` : formatMs(us / 1000);
}

/** Statements since the start by their score. Few dangerous ones must show beside many harmless: heights are logarithms. */
class RiskHistogram {
  #bars = RISK_BARS.map(([from, to]) => ({ from, to, bar: h("i", {}), count: h("b", {}, "0") }));
  element = h(
    "figure",
    { class: "panel chart risk-chart" },
    h(
      "figcaption",
      {},
      h("h3", {}, "Risk"),
      h("span", { class: "unit" }, "statements by score, since the start"),
    ),
    h(
      "ol",
      { class: "histogram" },
      this.#bars.map(({ from, to, bar, count }, at) =>
        h(
          "li",
          { class: at >= 10 ? "critical" : at >= 8 ? "high" : at >= 5 ? "medium" : "low" },
          count,
          h("span", { class: "track" }, bar),
          h("span", { class: "label" }, from, h("span", { class: "unseen" }, ` to ${to}`)),
        )
      ),
    ),
  );

  /** @param {readonly number[]} counts */
  show(counts) {
    const most = Math.max(9, ...counts);
    for (const [at, { bar, count }] of this.#bars.entries()) {
      const value = counts[at] ?? 0;
      setText(
        count,
        new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 2 }).format(value),
      );
      count.classList.toggle("zero", value === 0);
      bar.style.height = `${value === 0 ? 0 : Math.max(4, 100 * Math.log1p(value) / Math.log1p(most))}%`;
    }
  }
}
