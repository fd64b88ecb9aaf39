/** Statement shapes by risk, time, count or bytes. */
import { ask, auditFields, SPANS } from "./dialog.js";
import { announce, byId, h, setText, showItems } from "./dom.js";
import { formatBytes, formatCount, formatMs, formatTime } from "./format.js";
import { choice, More, riskBadge, row, statement, table } from "./parts.js";

/** @import { Api } from "./api.js" */
/** @import { DigestReport } from "./types.ts" */

export class DigestsPanel {
  #api;
  #order = "risk";
  #changed;
  /** @type {readonly DigestReport[]} */
  #digests = [];
  #more = new More(() => this.#show());
  #role = /** @type {HTMLSelectElement} */ (byId("digests-role"));
  #table = table("Top statements", [
    ["Statement"],
    ["Role"],
    ["Risk"],
    ["Count", "number"],
    ["Refused", "number"],
    ["Total", "number"],
    ["Mean", "number"],
    ["p95", "number"],
    ["Bytes", "number"],
    ["Last seen", "number"],
    ["Action"],
  ]);

  /**
   * @param {Api} api
   * @param {() => void} changed called after a block was set
   */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
    this.#table.element.classList.add("digests");
    byId("digests-list").append(this.#table.element, this.#more.element);
    byId("digests-order").append(choice(
      "Order by",
      [["risk", "Risk"], ["time", "Time"], ["count", "Count"], ["bytes", "Bytes"]],
      "risk",
      (value) => {
        this.#order = value;
        this.#reload();
      },
    ));
    this.#role.append(h("option", { value: "" }, "all"));
    this.#role.addEventListener("change", () => this.#reload());
  }

  /** @param {readonly string[]} names */
  setRoles(names) {
    const chosen = this.#role.value;
    this.#role.replaceChildren(
      h("option", { value: "" }, "all"),
      ...names.map((name) => h("option", { value: name, selected: name === chosen }, name)),
    );
  }

  async load() {
    const role = this.#role.value === "" ? "" : `&role=${encodeURIComponent(this.#role.value)}`;
    const { digests } = await this.#api.get(`/v1/digests?order=${this.#order}&limit=50${role}`);
    this.#digests = digests;
    this.#show();
  }

  #show() {
    const digests = this.#digests;
    showItems(
      this.#table.body,
      this.#more.few(digests),
      (digest) => `${digest.role} ${digest.digest}`,
      (digest) => this.#render(digest),
      byId("digests-title"),
    );
    byId("digests-list").hidden = digests.length === 0;
    const none = byId("digests-none");
    none.hidden = digests.length > 0;
    setText(none, "No statement has been seen yet. Counts arrive every few seconds.");
  }

  #reload() {
    this.load().catch((error) => announce(error.message));
  }

  /** @param {DigestReport} digest */
  #render(digest) {
    return row([
      ["Statement", statement(digest.sql), "main"],
      ["Role", digest.role],
      ["Risk", [riskBadge(digest.score), h("span", { class: "codes" }, digest.rules.join(" "))]],
      ["Count", formatCount(digest.count), "number"],
      ["Refused", digest.refused === 0 ? "0" : h("b", {}, formatCount(digest.refused)), "number"],
      ["Total", formatMs(digest.total_ms), "number"],
      ["Mean", digest.avg_ms === null ? "–" : formatMs(digest.avg_ms), "number"],
      ["p95", digest.p95_ms === null ? "–" : formatMs(digest.p95_ms), "number"],
      ["Bytes", formatBytes(digest.bytes), "number"],
      ["Last seen", formatTime(digest.last_seen), "number"],
      [
        "Action",
        digest.blocked !== null ? h("span", { class: "action refuse" }, "blocked") : h(
          "button",
          { type: "button", "data-action": "block", onclick: () => this.#block(digest) },
          "Block…",
        ),
      ],
    ]);
  }

  /** @param {DigestReport} digest */
  async #block(digest) {
    const done = await ask({
      title: "Block this statement now?",
      body: [
        statement(digest.sql),
        h("p", { class: "who" }, "Every statement of this shape is refused, for every role, from now on."),
        h("p", { class: "who" }, "Digest ", h("code", {}, digest.digest)),
      ],
      fields: [
        {
          name: "for",
          label: "For how long",
          kind: "select",
          value: "1h",
          options: [...SPANS, ["", "Until it is removed"]],
        },
        ...auditFields("Why"),
      ],
      submit: "Block",
      danger: true,
      act: async (values) => {
        await this.#api.post("/v1/blocks", {
          digest: digest.digest,
          reason: values["reason"],
          by: values["by"],
          ...(values["for"] === "" ? {} : { for: values["for"] }),
        });
      },
    });
    if (!done) return;
    announce("Blocked");
    this.#reload();
    this.#changed();
  }
}
