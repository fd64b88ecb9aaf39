/** Lines over the last minutes, drawn by uPlot on a canvas, with the newest values beside them as text. */
import uPlot from "uplot";
import { h, setText } from "./dom.js";

/** Seconds that a chart goes back. */
const WINDOW_SECONDS = 300;

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} colour name of the CSS variable
 * @property {boolean} [fill]
 */

/**
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {string} unit said in the title
 * @property {readonly Line[]} lines
 * @property {(value: number) => string} format
 * @property {boolean} [binary] whether the axis counts in powers of two
 * @property {boolean} [wide] whether few must stay visible beside many: the axis grows like a logarithm, from zero
 */

/** One chart: a figure with title, legend and canvas. */
export class Chart {
  /** @type {(number | null)[][]} */
  #data;
  /** @type {uPlot | undefined} */
  #plot;
  #options;
  #canvas = h("div", { class: "canvas", "aria-hidden": "true" });
  /** @type {HTMLElement[]} */
  #values = [];
  element;

  /** @param {ChartOptions} options */
  constructor(options) {
    this.#options = options;
    this.#data = [[], ...options.lines.map(() => [])];
    const legend = options.lines.map(({ label, colour }) => {
      const value = h("b", {}, "–");
      this.#values.push(value);
      return h("li", { class: colour }, h("i", { "aria-hidden": "true" }), label, " ", value);
    });
    this.element = h(
      "figure",
      { class: "panel chart" },
      h("figcaption", {}, h("h3", {}, options.title), h("span", { class: "unit" }, options.unit)),
      h("ul", { class: "legend" }, legend),
      this.#canvas,
    );
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
  }

  /**
   * Takes one point a line, null where there is none, at a time in seconds.
   *
   * @param {number} time
   * @param {readonly (number | null)[]} values
   */
  push(time, values) {
    const [times = []] = this.#data;
    times.push(time);
    for (const [at, value] of values.entries()) {
      this.#data[at + 1]?.push(value === null ? null : this.#bend(value));
    }
    while ((times[0] ?? time) < time - WINDOW_SECONDS) for (const column of this.#data) column.shift();
    if (document.hidden) return;
    this.#plot ??= this.#draw();
    this.#plot.setData(/** @type {uPlot.AlignedData} */ (this.#data));
    this.#say(undefined);
  }

  /** Draws it again, in the colours of now. */
  recolour() {
    this.#plot?.destroy();
    this.#plot = this.#data[0]?.length === 0 ? undefined : this.#draw();
  }

  /**
   * Writes the values under the pointer, or the newest.
   *
   * @param {number | null | undefined} at
   */
  #say(at) {
    const index = at ?? (this.#data[0]?.length ?? 0) - 1;
    for (const [line, element] of this.#values.entries()) {
      const value = this.#data[line + 1]?.[index];
      setText(
        element,
        value === null || value === undefined ? "–" : this.#options.format(this.#straighten(value)),
      );
    }
  }

  /** @param {number} value */
  #bend(value) {
    return this.#options.wide === true ? Math.asinh(value) : value;
  }

  /** @param {number} value */
  #straighten(value) {
    return this.#options.wide === true ? Math.sinh(value) : value;
  }

  #fit() {
    const { width, height } = this.#size();
    if (width > 0) this.#plot?.setSize({ width, height });
  }

  #size() {
    return { width: Math.floor(this.#canvas.clientWidth), height: Math.floor(this.#canvas.clientHeight) };
  }

  #draw() {
    const { lines, format, wide, binary } = this.#options;
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = {
      stroke: colour("muted"),
      font,
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { show: false },
    };
    return new uPlot(
      {
        ...this.#size(),
        padding: [8, 14, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { time: true, range: (_plot, _min, max) => [max - WINDOW_SECONDS, max] },
          y: {
            range: (
              _plot,
              _min,
              max,
            ) => [0, wide === true ? Math.max(BENT_TEN, max * 1.08) : max > 0 ? max * 1.15 : 1],
          },
        },
        axes: [
          {
            ...axis,
            size: 24,
            incrs: [60, 120, 300],
            space: 40,
            values: (_plot, splits) => splits.map(clock),
          },
          {
            ...axis,
            size: 54,
            gap: 4,
            space: 26,
            ...(wide === true ? { splits: powersOfTen } : {}),
            ...(binary === true ? { incrs: POWERS_OF_TWO } : {}),
            values: (_plot, splits) =>
              splits.map((value) => value === 0 ? "0" : format(this.#straighten(value))),
          },
        ],
        series: [
          {},
          ...lines.map(({ label, colour: name, fill }) => ({
            label,
            stroke: colour(name),
            width: 1.5,
            points: { show: false },
            ...(fill === true ? { fill: `${colour(name)}22` } : {}),
          })),
        ],
        hooks: { setCursor: [(plot) => this.#say(plot.cursor.idx)] },
      },
      /** @type {uPlot.AlignedData} */ (this.#data),
      this.#canvas,
    );
  }
}

const POWERS_OF_TWO = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** Ten on a wide axis. */
const BENT_TEN = Math.asinh(10);

/**
 * Where a wide axis has its marks.
 *
 * @param {uPlot} _plot
 * @param {number} _axis
 * @param {number} _min
 * @param {number} max
 */
function powersOfTen(_plot, _axis, _min, max) {
  const marks = [0];
  for (let value = 1; Math.asinh(value) <= max; value *= 10) marks.push(Math.asinh(value));
  return marks;
}

/** @param {number} seconds since the Unix epoch */
function clock(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}
