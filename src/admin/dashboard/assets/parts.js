/** Small pieces that several panels are made of. */
import { h, setText } from "./dom.js";
import { formatAction } from "./format.js";

/** @import { Child } from "./dom.js" */

/**
 * Text in which nothing hides or turns the rest round: control, bidirectional and zero-width characters by their number,
 * tabs and line ends aside.
 *
 * @param {string} text
 */
export function visibleText(text) {
  return text.replace(
    /[^\P{C}\t\n]|[\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`,
  );
}

/**
 * A statement: long ones can be opened.
 *
 * @param {string} sql
 */
export function statement(sql) {
  const text = visibleText(sql);
  if (text.length <= 160 && !text.includes("\n")) return h("code", { class: "sql" }, text);
  return h(
    "details",
    { class: "sql" },
    h("summary", { "data-action": "open" }, h("code", {}, text.replace(/\s+/g, " ").slice(0, 160), "…")),
    h("code", { class: "whole" }, text),
  );
}

/**
 * All of a text, without a click.
 *
 * @param {string} sql
 */
export function wholeStatement(sql) {
  return h("div", { class: "sql" }, h("code", { class: "whole" }, visibleText(sql)));
}

/**
 * A score with its level, in words for those who cannot see the colour.
 *
 * @param {number | undefined} score
 */
export function riskBadge(score) {
  if (score === undefined) return null;
  const level = score >= 90 ? "critical" : score >= 70 ? "high" : score >= 40 ? "medium" : "low";
  return h("span", { class: `risk ${level}`, title: `risk ${score} of 100, ${level}` }, score);
}

/** @param {string} action */
export function actionBadge(action) {
  return h("span", { class: `action ${action.replaceAll("_", "-")}` }, formatAction(action));
}

/** @param {readonly { readonly code: string, readonly name: string }[] | undefined} findings */
export function ruleList(findings) {
  return (findings ?? []).map(({ code, name }) => h("span", { class: "rule" }, h("b", {}, code), ` ${name}`));
}

/**
 * One row whose cells carry their column's name, so that a narrow page can show it as a block. Roles are said outright:
 * a table that is laid out otherwise is no table to assistive software any more.
 *
 * @param {readonly (readonly [label: string, content: Child, kind?: string])[]} cells
 * @param {string} [kind]
 */
export function row(cells, kind) {
  return h(
    "tr",
    { role: "row", class: kind },
    cells.map(([label, content, kind]) =>
      h("td", { role: "cell", "data-label": label, class: kind }, content)
    ),
  );
}

/**
 * A table that is empty until rows are put into the body it comes with.
 *
 * @param {string} caption
 * @param {readonly (readonly [label: string, kind?: string])[]} columns
 */
export function table(caption, columns) {
  const body = h("tbody", { role: "rowgroup" });
  const element = h(
    "table",
    { role: "table" },
    h("caption", { class: "unseen" }, caption),
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        columns.map(([label, kind]) => h("th", { role: "columnheader", scope: "col", class: kind }, label)),
      ),
    ),
    body,
  );
  return { element, body };
}

/**
 * A choice of a few, one of them on.
 *
 * @param {string} label
 * @param {readonly (readonly [value: string, text: string])[]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
export function choice(label, options, chosen, choose) {
  const buttons = options.map(([value, text]) =>
    h("button", {
      type: "button",
      "aria-pressed": String(value === chosen),
      "data-value": value,
      onclick: () => {
        for (const button of buttons) {
          button.setAttribute("aria-pressed", String(button.dataset["value"] === value));
        }
        choose(value);
      },
    }, text)
  );
  return h("div", { class: "choice-group", role: "group", "aria-label": label }, buttons);
}

/** Rows that a table shows before it is asked for more. */
const FEW = 12;

/** A button under a long table, which shows all of it or few rows again. */
export class More {
  #all = false;
  element;

  /** @param {() => void} changed */
  constructor(changed) {
    this.element = h("button", {
      type: "button",
      class: "more",
      hidden: true,
      "aria-expanded": "false",
      onclick: () => {
        this.#all = !this.#all;
        changed();
      },
    });
  }

  /**
   * The items to show now.
   *
   * @template T
   * @param {readonly T[]} items
   * @returns {readonly T[]}
   */
  few(items) {
    this.element.hidden = items.length <= FEW;
    this.element.setAttribute("aria-expanded", String(this.#all));
    setText(this.element, this.#all ? "Show fewer" : `Show ${items.length - FEW} more`);
    return this.#all ? items : items.slice(0, FEW);
  }
}
