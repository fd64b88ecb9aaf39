/** Statements that wait for an approver. */
import { ask, auditFields, SPANS } from "./dialog.js";
import { announce, byId, h, setText, showItems, soon } from "./dom.js";
import { formatSpan } from "./format.js";
import { riskBadge, ruleList, statement, visibleText, wholeStatement } from "./parts.js";

/** @import { Api } from "./api.js" */
/** @import { Approval, HeldText } from "./types.ts" */

/** Held statements that are shown at a time; the rest is counted. */
const SHOWN = 50;

export class HeldPanel {
  #api;
  /** @type {Map<string, Approval>} */
  #waiting = new Map();

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
    setInterval(() => this.#countDown(), 1000);
  }

  /** Asks for those that wait now. */
  async load() {
    const { approvals } = await this.#api.get("/v1/approvals?state=pending&limit=200");
    this.#waiting = new Map(approvals.map((/** @type {Approval} */ row) => [row.id, row]));
    this.#show();
  }

  /** @param {Approval} held */
  add(held) {
    const known = this.#waiting.has(held.id);
    this.#waiting.set(held.id, held);
    this.#schedule();
    if (!known) {
      announce(`A statement of ${held.user} waits for approval: risk ${held.score}, ${held.reason}`);
    }
  }

  /** @param {Approval} ended */
  remove(ended) {
    if (!this.#waiting.delete(ended.id)) return;
    this.#schedule();
    const who = ended.decided_by === undefined ? "" : ` by ${ended.decided_by}`;
    announce(`The held statement of ${ended.user} is ${ended.state.replace("_", " ")}${who}`);
  }

  /** Soon, once for many that come together. */
  #schedule = soon(100, () => this.#show());

  #show() {
    const all = [...this.#waiting.values()].sort((a, b) => a.created_at - b.created_at);
    const rows = all.slice(0, SHOWN);
    showItems(
      byId("held-list"),
      rows,
      (row) => row.id,
      (row) => this.#render(row),
      byId("held-title"),
    );
    const none = byId("held-none");
    none.hidden = all.length > 0 && all.length <= SHOWN;
    setText(
      none,
      all.length === 0 ? "Nothing waits for approval." : `And ${all.length - SHOWN} more, which came later.`,
    );
    const count = byId("held-count");
    count.hidden = all.length === 0;
    setText(count, String(all.length));
    document.title = all.length === 0 ? "querycop" : `(${all.length}) querycop`;
    this.#countDown();
  }

  /** @param {Approval} row */
  #render(row) {
    return h(
      "article",
      { class: "held", "aria-label": `Held statement of ${row.user}` },
      h(
        "div",
        { class: "what" },
        h("div", { class: "line" }, riskBadge(row.score), ruleList(row.findings)),
        statement(row.sql),
        h(
          "p",
          { class: "who" },
          h("b", {}, row.user),
          ` at ${row.client}`,
          row.schema === "" ? null : [" in ", h("b", {}, row.schema)],
          ", role ",
          h("b", {}, row.role),
          ` · ${row.reason}`,
        ),
      ),
      h(
        "div",
        { class: "decide" },
        h("p", { class: "until" }, "refused in ", h("b", { "data-until": row.until }, "")),
        h("button", {
          type: "button",
          class: "primary",
          "data-action": "approve",
          onclick: () => this.#approve(row),
        }, "Approve…"),
        h(
          "button",
          { type: "button", class: "danger", "data-action": "reject", onclick: () => this.#reject(row) },
          "Reject…",
        ),
      ),
    );
  }

  #countDown() {
    for (const element of byId("held-list").querySelectorAll("[data-until]")) {
      setText(element, formatSpan((Number(element.getAttribute("data-until")) - Date.now()) / 1000));
    }
  }

  /** @param {Approval} row */
  #approve(row) {
    const { shown, ready } = this.#whatRuns(row);
    return ask({
      title: "Approve this statement?",
      body: [shown],
      ready,
      fields: [
        {
          name: "scope",
          label: "What is approved",
          kind: "radio",
          value: "once",
          options: [
            ["once", "This statement, once"],
            ["digest", `Every statement of this shape by role ${row.role}, for a time`],
          ],
        },
        {
          name: "for",
          label: "For how long",
          kind: "select",
          options: SPANS,
          value: "1h",
          when: ({ scope }) => scope === "digest",
        },
        ...auditFields("Why it may run"),
      ],
      submit: "Approve",
      heir: byId("held-title"),
      act: (values) =>
        this.#decide(row, "approve", {
          by: values["by"],
          reason: values["reason"],
          scope: values["scope"],
          ...(values["scope"] === "digest" ? { for: values["for"] } : {}),
        }),
    });
  }

  /** @param {Approval} row */
  #reject(row) {
    return ask({
      title: "Reject this statement?",
      body: [
        this.#whatRuns(row).shown,
        h("p", { class: "who" }, `${row.user} gets an error with your name and reason.`),
      ],
      fields: auditFields("Why it must not run"),
      submit: "Reject",
      heir: byId("held-title"),
      danger: true,
      act: (values) => this.#decide(row, "reject", { by: values["by"], reason: values["reason"] }),
    });
  }

  /**
   * What is decided on, which comes into `shown`; `ready` is whether it could be read.
   *
   * @param {Approval} row
   */
  #whatRuns(row) {
    const shown = h("div", { "aria-busy": "true" }, h("p", { class: "who" }, "Reading its text…"));
    const show = (/** @type {HTMLElement[]} */ ...children) => {
      shown.replaceChildren(...children);
      shown.removeAttribute("aria-busy");
    };
    const ready = this.#api.get(`/v1/approvals/${encodeURIComponent(row.id)}`).then(
      ({ text }) => {
        show(...this.#describe(row, text));
        return true;
      },
      (error) => {
        const why = error instanceof Error ? error.message : String(error);
        show(
          h("p", { class: "problem", role: "alert" }, `Its text was not read: ${why}`),
          wholeStatement(row.sql),
        );
        return false;
      },
    );
    return { shown, ready };
  }

  /**
   * The text as it will run, and each of its statements: nothing is left out.
   *
   * @param {Approval} row
   * @param {HeldText | undefined} text
   */
  #describe(row, text) {
    const parts = row.statements ?? [];
    return [
      text === undefined
        ? h("p", { class: "who" }, "Its literals are not known here; without them it is")
        : h("p", { class: "who" }, `As it will run, ${text.bytes} bytes:`),
      wholeStatement(text?.sql ?? row.sql),
      ...(text !== undefined && text.left_out > 0
        ? [h("p", { class: "who" }, h("b", {}, `${text.left_out} bytes of its middle are not shown.`))]
        : []),
      h(
        "p",
        { class: "who" },
        h("b", {}, visibleText(row.user)),
        ` at ${row.client}, schema ${
          row.schema === "" ? "none" : visibleText(row.schema)
        }, role ${row.role}. `,
        `Risk ${row.score}. ${visibleText(row.reason)}`,
      ),
      h(
        "ol",
        { class: "parts" },
        ...parts.map(({ kind, action, score, tables, findings }) =>
          h(
            "li",
            {},
            h("b", {}, kind),
            ` on ${visibleText(tables.join(", "))}: risk ${score}, ${action.replace("_", " ")}`,
            ...findings.map(({ code, name, message }) =>
              h("div", { class: "who" }, `${code} ${name}: ${visibleText(message)}`)
            ),
          )
        ),
      ),
      ...((row.statement_count ?? 0) > parts.length && parts.length > 0
        ? [h("p", { class: "who" }, `And ${(row.statement_count ?? 0) - parts.length} statements more.`)]
        : []),
    ];
  }

  /**
   * @param {Approval} row
   * @param {"approve" | "reject"} decision
   * @param {unknown} body
   */
  async #decide(row, decision, body) {
    try {
      await this.#api.post(`/v1/approvals/${encodeURIComponent(row.id)}/${decision}`, body);
    } catch (error) {
      // It ended meanwhile: what is shown is no longer so.
      this.load().catch(() => {});
      throw error;
    }
    this.#waiting.delete(row.id);
    this.#show();
    announce(decision === "approve" ? "Approved" : "Rejected");
  }
}
