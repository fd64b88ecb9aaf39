/** What was refused, held or warned of, newest first. */
import { byId, h, setText, showItems, soon } from "./dom.js";
import { formatAction, formatTime } from "./format.js";
import { actionBadge, choice, More, riskBadge, row, ruleList, statement, table } from "./parts.js";

/** @import { Api } from "./api.js" */
/** @import { Approval, AuditEvent } from "./types.ts" */

/** What is asked of the audit: decisions, and how held statements ended. */
const WANTED = [
  ...["warn", "hold", "refuse", "would_hold", "would_refuse"],
  ...["approved", "rejected", "timed_out", "withdrawn", "lost"],
];
/** Decisions that are kept, and shown of one kind. */
const KEPT = 500;
const SHOWN = 100;

/** @type {readonly (readonly [value: string, text: string])[]} */
const FILTERS = [["all", "All"], ["refuse", "Refused"], ["hold", "Held"], ["warn", "Warned"]];

export class DecisionsPanel {
  #api;
  /** @type {AuditEvent[]} Newest first. */
  #events = [];
  #filter = "all";
  #skipped = 0;
  /** @type {Map<string, string>} How held statements ended, by the id of the decision. */
  #ends = new Map();
  #more = new More(() => this.#show());
  #table = table("Recent decisions", [
    ["Time"],
    ["Decision"],
    ["Risk"],
    ["Statement"],
    ["Rules"],
    ["Who"],
  ]);

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
    this.#table.element.classList.add("decisions");
    byId("decisions-list").append(this.#table.element, this.#more.element);
    byId("decisions-filter").append(choice("Which decisions", FILTERS, "all", (value) => {
      this.#filter = value;
      this.#show();
    }));
  }

  async load() {
    const answer = await this.#api.get(
      `/v1/audit?type=statement,approval&action=${WANTED.join(",")}&limit=200`,
    );
    const records = /** @type {readonly AuditEvent[]} */ (answer.records);
    for (const { type, about, action, by, reason } of records) {
      if (type === "approval" && about !== undefined) this.#note(about, action, by, reason);
    }
    const known = new Set(this.#events.map(({ id }) => id));
    const missing = records.filter(({ id, type }) => type === "statement" && !known.has(id));
    this.#events = [...this.#events, ...missing].sort((a, b) => b.time - a.time).slice(0, KEPT);
    this.#show();
  }

  /** @param {AuditEvent} event */
  add(event) {
    if (event.type !== "statement" || event.action === "allow") return;
    if (this.#events.slice(0, 200).some(({ id }) => id === event.id)) return;
    this.#events.unshift(event);
    this.#events.length = Math.min(this.#events.length, KEPT);
    this.#schedule();
  }

  /**
   * Takes in how a held statement ended.
   *
   * @param {Approval} held
   */
  end({ id, state, decided_by, decision_reason }) {
    this.#note(id, state, decided_by, decision_reason);
    this.#schedule();
  }

  /**
   * @param {string} id of the decision
   * @param {string} state
   * @param {string} [by]
   * @param {string} [reason]
   */
  #note(id, state, by, reason) {
    const who = by === undefined ? "" : ` by ${by}`;
    this.#ends.set(id, `${formatAction(state)}${who}${reason === undefined ? "" : `: ${reason}`}`);
    if (this.#ends.size > KEPT) this.#ends.delete(/** @type {string} */ (this.#ends.keys().next().value));
  }

  /** @param {number} count of decisions that came too fast to be sent */
  skip(count) {
    this.#skipped += count;
    this.#schedule();
  }

  /** At most four times a second, however fast they come. */
  #schedule = soon(250, () => this.#show());

  #show() {
    const rows = this.#events.filter(({ action }) => this.#filter === "all" || action.endsWith(this.#filter))
      .slice(0, SHOWN);
    const shown = this.#more.few(rows).map((event) => ({ event, end: this.#ends.get(event.id) }));
    showItems(this.#table.body, shown, ({ event }) => event.id, render, byId("decisions-title"));
    byId("decisions-list").hidden = rows.length === 0;
    const none = byId("decisions-none");
    none.hidden = rows.length > 0 && this.#skipped === 0;
    setText(
      none,
      this.#skipped > 0
        ? `${this.#skipped} more came too fast to be shown; the audit has them all.`
        : this.#filter === "all"
        ? "Nothing was refused, held or warned of yet."
        : "Nothing of this kind yet.",
    );
  }
}

/** @param {{ readonly event: AuditEvent, readonly end: string | undefined }} shown */
function render({ event, end }) {
  const who = [event.user, event.client].filter((part) => part !== undefined && part !== "").join(" at ");
  return row([
    ["Time", h("time", {}, formatTime(event.time)), "time"],
    ["Decision", actionBadge(event.action)],
    ["Risk", riskBadge(event.score), "number"],
    ["Statement", [
      event.sql === undefined || event.sql === "" ? h("i", {}, event.command ?? "") : statement(event.sql),
      event.reason === undefined ? null : h("p", { class: "why" }, event.reason),
      end === undefined ? null : h("p", { class: "why end" }, end),
    ], "main"],
    ["Rules", ruleList(event.findings)],
    ["Who", [who, h("p", { class: "why" }, `role ${event.role ?? "default"}`)]],
  ]);
}
