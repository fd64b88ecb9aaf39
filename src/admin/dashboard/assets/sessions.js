/** Who is connected. */
import { ask } from "./dialog.js";
import { announce, byId, h, setText, showItems } from "./dom.js";
import { formatBytes, formatCount, formatSpan } from "./format.js";
import { More, row, table } from "./parts.js";

/** @import { Api } from "./api.js" */
/** @import { SessionRow } from "./types.ts" */

/** Sessions that can be shown; the rest is counted. */
const SHOWN = 200;

export class SessionsPanel {
  #api;
  /** @type {readonly SessionRow[]} */
  #sessions = [];
  #more = new More(() => this.#show());
  #table = table("Sessions", [
    ["User"],
    ["Client"],
    ["Schema"],
    ["Role"],
    ["State"],
    ["TLS"],
    ["Statements", "number"],
    ["Refused", "number"],
    ["In", "number"],
    ["Out", "number"],
    ["Age", "number"],
    ["Action"],
  ]);

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
    this.#table.element.classList.add("sessions");
    byId("sessions-list").append(this.#table.element, this.#more.element);
  }

  async load() {
    const { sessions } = await this.#api.get("/v1/sessions");
    this.#sessions = sessions;
    this.#show();
  }

  #show() {
    const all = this.#sessions;
    const rows = [...all].sort((a, b) => b.statements - a.statements || a.id.localeCompare(b.id)).slice(
      0,
      SHOWN,
    );
    showItems(
      this.#table.body,
      this.#more.few(rows),
      ({ id }) => id,
      (session) => this.#render(session),
      byId("sessions-title"),
    );
    byId("sessions-list").hidden = rows.length === 0;
    const none = byId("sessions-none");
    none.hidden = rows.length > 0 && all.length <= SHOWN;
    setText(
      none,
      rows.length === 0 ? "Nobody is connected." : `And ${all.length - SHOWN} more with fewer statements.`,
    );
  }

  /** @param {SessionRow} session */
  #render(session) {
    const tls = [session.client_tls, session.backend_tls].map((leg) =>
      leg === null ? "none" : leg.version === "unknown" ? "yes" : leg.version
    );
    return row([
      ["User", h("b", { class: "user" }, session.user === "" ? "(logging in)" : session.user), "main"],
      ["Client", session.client],
      ["Schema", session.schema],
      ["Role", session.role ?? ""],
      ["State", session.in_transaction ? `${session.state}, in transaction` : session.state],
      ["TLS", h("span", { title: "to the client, to the database" }, tls.join(" · "))],
      ["Statements", formatCount(session.statements), "number"],
      ["Refused", formatCount(session.refused), "number"],
      ["In", formatBytes(session.bytes_from_client), "number"],
      ["Out", formatBytes(session.bytes_from_backend), "number"],
      ["Age", formatSpan(session.age_seconds), "number"],
      [
        "Action",
        h(
          "button",
          {
            type: "button",
            "data-action": "end",
            "aria-label": `End the session of ${session.user} at ${session.client}`,
            onclick: () => this.#end(session),
          },
          "End…",
        ),
      ],
    ]);
  }

  /** @param {SessionRow} session */
  async #end(session) {
    const done = await ask({
      title: "End this session?",
      body: [h(
        "p",
        {},
        `${session.user} at ${session.client} loses the connection` +
          (session.in_transaction ? ", and its open transaction is rolled back." : "."),
      )],
      fields: [],
      submit: "End session",
      danger: true,
      act: async () => {
        await this.#api.delete(`/v1/sessions/${encodeURIComponent(session.id)}`);
      },
    });
    if (!done) return;
    announce("The session is ended");
    await this.load().catch((error) => announce(error.message));
  }
}
