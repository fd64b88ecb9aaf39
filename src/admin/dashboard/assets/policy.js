/** The policy in force, and what was put over it: blocks, approvals for a time, break-glass. */
import { ask, auditFields, SPANS } from "./dialog.js";
import { announce, byId, h, setText, showItems } from "./dom.js";
import { formatSetting, formatTime } from "./format.js";
import { row, statement, table } from "./parts.js";

/** @import { Api } from "./api.js" */
/** @import { ApprovedDigest, Block, BreakGlass, PolicyView } from "./types.ts" */

/** Parts of a role with a column of their own; whatever else it has stands in the last one. */
const COLUMNS = ["name", "match", "thresholds", "deny", "hold", "allow"];

export class PolicyPanel {
  #api;
  #changed;
  /** @type {readonly string[]} */
  roles = [];
  #roleTable = table("Roles, the first that matches counts", [
    ["Role"],
    ["Matches"],
    ["Warn", "number"],
    ["Hold", "number"],
    ["Block", "number"],
    ["Denies"],
    ["Holds"],
    ["Allows"],
    ["Else"],
  ]);
  #blocks = table("Blocked statements", [["Statement"], ["Why"], ["By"], ["Until"], ["Action"]]);
  #approved = table("Approved statements", [["Statement"], ["Role"], ["Why"], ["By"], ["Until"], ["Action"]]);

  /**
   * @param {Api} api
   * @param {() => void} changed called after something was put over the policy or taken away
   */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
    byId("roles-list").append(this.#roleTable.element);
    byId("blocks-list").append(this.#blocks.element);
    byId("approved-list").append(this.#approved.element);
    byId("break-glass").addEventListener("click", () => this.#openGlass());
    byId("reload-policy").addEventListener("click", () => this.#reloadPolicy());
  }

  async load() {
    const policy = /** @type {PolicyView} */ (await this.#api.get("/v1/policy"));
    this.roles = policy.roles.map(({ name }) => name);
    const differs = Object.entries(policy.shadow_differs ?? {});
    const facts = [
      policy.source === "built-in" ? "The built-in policy" : policy.source,
      policy.loaded_at === undefined ? "" : `read ${formatTime(policy.loaded_at)}`,
      policy.mode === "monitor" ? "monitor mode: nothing is refused or held" : "",
      policy.shadow ? `shadow: ${policy.shadow}` : "",
      differs.length === 0
        ? ""
        : `shadow would decide otherwise: ${differs.map(([way, count]) => `${way} ${count}`).join(", ")}`,
    ];
    setText(byId("policy-facts"), facts.filter((fact) => fact !== "").join(" · "));
    showItems(this.#roleTable.body, policy.roles, ({ name }) => name, renderRole);
    byId("roles-list").hidden = false;
  }

  async loadOverrides() {
    const { blocks } = await this.#api.get("/v1/blocks");
    this.#list("blocks", this.#blocks, /** @type {readonly Block[]} */ (blocks), (block) => [
      ["Statement", statement(block.sql ?? block.digest), "main"],
      ["Why", block.reason],
      ["By", block.by],
      ["Until", block.until === undefined ? "removed" : formatTime(block.until)],
    ], {
      empty: "No statement is blocked.",
      path: "/v1/blocks",
      verb: "Unblock",
      title: "Let this statement run again?",
    });
    const { approved } = await this.#api.get("/v1/approved");
    this.#list("approved", this.#approved, /** @type {readonly ApprovedDigest[]} */ (approved), (entry) => [
      ["Statement", statement(entry.digest), "main"],
      ["Role", entry.role],
      ["Why", entry.reason],
      ["By", entry.by],
      ["Until", formatTime(entry.until)],
    ], {
      empty: "No statement is approved for a time.",
      path: "/v1/approved",
      verb: "Withdraw",
      title: "Withdraw this approval?",
    });
    const glass = await this.#api.get("/v1/break-glass");
    this.#showGlass(/** @type {readonly BreakGlass[]} */ (glass.break_glass));
  }

  /**
   * @template {Block | ApprovedDigest} T
   * @param {"blocks" | "approved"} id
   * @param {{ body: HTMLElement }} into
   * @param {readonly T[]} entries
   * @param {(entry: T) => Parameters<typeof row>[0]} cells
   * @param {{ empty: string, path: string, verb: string, title: string }} words
   */
  #list(id, into, entries, cells, words) {
    const heading = byId(`${id}-title`);
    showItems(into.body, entries, (entry) => entry.id, (entry) =>
      row([...cells(entry), [
        "Action",
        h("button", {
          type: "button",
          "data-action": "remove",
          onclick: () => this.#remove(words, `${words.path}/${encodeURIComponent(entry.id)}`),
        }, `${words.verb}…`),
      ]]), heading);
    byId(`${id}-list`).hidden = entries.length === 0;
    const none = byId(`${id}-none`);
    none.hidden = entries.length > 0;
    setText(none, words.empty);
  }

  /**
   * @param {{ title: string, verb: string }} words
   * @param {string} path
   */
  async #remove(words, path) {
    const done = await ask({
      title: words.title,
      body: [h("p", {}, "It is judged by the policy again at once.")],
      fields: [],
      submit: words.verb,
      act: async () => {
        await this.#api.delete(path);
      },
    });
    if (done) this.#afterChange("Done");
  }

  /** @param {readonly BreakGlass[]} entries */
  #showGlass(entries) {
    showItems(byId("open-glass"), entries, ({ id }) => id, (entry) =>
      h(
        "div",
        { class: "banner warning" },
        h(
          "p",
          {},
          h("b", {}, `Break-glass: role ${entry.role} is not refused anything`),
          ` until ${formatTime(entry.until)}. ${entry.reason} (${entry.by})`,
        ),
        h(
          "button",
          {
            type: "button",
            "data-action": "revoke",
            onclick: () =>
              this.#remove(
                { title: `End break-glass for role ${entry.role}?`, verb: "Revoke" },
                `/v1/break-glass/${encodeURIComponent(entry.id)}`,
              ),
          },
          "Revoke…",
        ),
      ));
  }

  async #openGlass() {
    const done = await ask({
      title: "Break glass?",
      body: [
        h(
          "p",
          {},
          "Nothing is refused or held for this role until the time is over, blocked statements aside. ",
          "Whatever runs is scored and audited.",
        ),
      ],
      fields: [
        {
          name: "role",
          label: "Role",
          kind: "select",
          options: this.roles.map((name) => /** @type {const} */ ([name, name])),
        },
        { name: "for", label: "For how long", kind: "select", options: SPANS, value: "15m" },
        ...auditFields("Why"),
      ],
      submit: "Break glass",
      danger: true,
      act: async ({ role, for: span, reason, by }) => {
        await this.#api.post("/v1/break-glass", { role, for: span, reason, by });
      },
    });
    if (done) this.#afterChange("Break-glass is open");
  }

  async #reloadPolicy() {
    const problem = byId("policy-problem");
    problem.textContent = "";
    try {
      await this.#api.post("/v1/policy/reload");
      await this.load();
      announce("The policy was read again");
    } catch (error) {
      problem.textContent = `The old policy stays. ${error instanceof Error ? error.message : error}`;
    }
  }

  /** @param {string} said */
  #afterChange(said) {
    announce(said);
    this.loadOverrides().catch((error) => announce(error.message));
    this.#changed();
  }
}

/** @param {PolicyView["roles"][number]} role */
function renderRole(role) {
  const thresholds = /** @type {Record<string, number>} */ (role["thresholds"] ?? {});
  const level = (/** @type {string} */ name) => {
    const value = thresholds[name];
    return value === undefined || value > 100 ? "never" : `≥ ${value}`;
  };
  const rest = Object.fromEntries(Object.entries(role).filter(([part]) => !COLUMNS.includes(part)));
  return row([
    ["Role", h("b", {}, role.name), "main"],
    ["Matches", formatSetting(role["match"]) || "everyone"],
    ["Warn", level("warn"), "number"],
    ["Hold", level("hold"), "number"],
    ["Block", level("block"), "number"],
    ["Denies", formatSetting(role["deny"])],
    ["Holds", formatSetting(role["hold"])],
    ["Allows", formatSetting(role["allow"])],
    ["Else", formatSetting(rest)],
  ]);
}
