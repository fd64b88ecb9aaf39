/** One question at a time, in the browser's own dialog: it keeps the keyboard's focus and ends with Escape. */
import { h } from "./dom.js";

/** @import { Child } from "./dom.js" */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {"text" | "select" | "radio"} kind
 * @property {readonly (readonly [value: string, text: string])[]} [options]
 * @property {string} [value]
 * @property {boolean} [required]
 * @property {string} [hint]
 * @property {(values: Record<string, string>) => boolean} [when] asked only then
 */

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {readonly Child[]} body
 * @property {readonly Field[]} fields
 * @property {string} submit what the button says
 * @property {boolean} [danger]
 * @property {Promise<boolean>} [ready] true once all that is decided on is shown; nothing is done before
 * @property {HTMLElement} [heir] has the focus afterwards where what had it before is gone
 * @property {(values: Record<string, string>) => Promise<void>} act what is done; its error is shown and may be mended
 */

/**
 * Asks, does what was asked for, and resolves to whether it was done.
 *
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export function ask(question) {
  // An element of its own for each question: the event of one that closes comes later, and must not meet the next.
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" });
  const before = document.activeElement;
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = h(
    "button",
    { class: question.danger ? "danger" : "primary", "data-action": "submit" },
    question.submit,
  );
  const cancel = h(
    "button",
    { type: "button", "data-action": "cancel", onclick: () => dialog.close() },
    "Cancel",
  );
  let done = false;
  let busy = false;
  let ready = question.ready === undefined;
  const setBusy = (/** @type {boolean} */ value) => {
    busy = value;
    if (busy || !ready) submit.setAttribute("aria-disabled", "true");
    else submit.removeAttribute("aria-disabled");
  };
  setBusy(false);
  question.ready?.then((value) => {
    ready = value;
    if (ready) problem.textContent = "";
    setBusy(false);
  });
  const form = h(
    "form",
    {
      novalidate: true,
      onsubmit: async (event) => {
        event.preventDefault();
        if (busy) return;
        if (!ready) {
          problem.textContent = "What you decide on is not shown yet: wait, or open this again";
          return;
        }
        const missing = question.fields.find(({ name, required }) =>
          required === true && (valuesOf(form)[name] ?? "").trim() === ""
        );
        if (missing !== undefined) {
          problem.textContent = `${missing.label}: please say`;
          /** @type {HTMLElement | null} */ (form.querySelector(`[name="${missing.name}"]`))?.focus();
          return;
        }
        setBusy(true);
        problem.textContent = "";
        try {
          await question.act(valuesOf(form));
          done = true;
          dialog.close();
        } catch (error) {
          problem.textContent = error instanceof Error ? error.message : String(error);
        } finally {
          setBusy(false);
        }
      },
    },
    h("h2", { id: "dialog-title" }, question.title),
    ...question.body,
    question.fields.map(renderField),
    problem,
    h("div", { class: "buttons" }, cancel, submit),
  );
  const showWanted = () => {
    for (const { name, when } of question.fields) {
      const field = form.querySelector(`[name="${name}"]`)?.closest(".field");
      if (when !== undefined && field instanceof HTMLElement) field.hidden = !when(valuesOf(form));
    }
  };
  form.addEventListener("change", showWanted);
  showWanted();
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  const first = form.querySelector("input[type=radio]:checked, input[type=text], select");
  (first instanceof HTMLElement ? first : cancel).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else question.heir?.focus();
      resolve(done);
    }, { once: true });
  });
}

/**
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>}
 */
function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** @param {Field} field */
function renderField(field) {
  const id = `field-${field.name}`;
  const hint = field.hint === undefined ? null : h("p", { class: "hint", id: `${id}-hint` }, field.hint);
  const common = { id, name: field.name, "aria-describedby": hint === null ? undefined : `${id}-hint` };
  if (field.kind === "radio") {
    return h(
      "fieldset",
      {},
      h("legend", {}, field.label),
      (field.options ?? []).map(([value, text]) =>
        h(
          "label",
          { class: "choice" },
          h("input", { type: "radio", name: field.name, value, checked: value === field.value }),
          text,
        )
      ),
    );
  }
  const control = field.kind === "select"
    ? h(
      "select",
      common,
      (field.options ?? []).map(([value, text]) =>
        h("option", { value, selected: value === field.value }, text)
      ),
    )
    : h("input", {
      ...common,
      type: "text",
      value: field.value ?? "",
      maxlength: 200,
      autocomplete: "off",
      required: field.required === true,
    });
  return h("div", { class: "field" }, h("label", { for: id }, field.label), control, hint);
}

/** For how long, as the API takes it. */
export const SPANS = /** @type {const} */ ([
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["8h", "8 hours"],
  ["24h", "1 day"],
  ["168h", "7 days"],
]);

/**
 * The two fields of whatever is written into the audit.
 *
 * @param {string} label of the reason
 * @returns {Field[]}
 */
export function auditFields(label) {
  return [
    { name: "reason", label, kind: "text", required: true },
    {
      name: "by",
      label: "Your name",
      kind: "text",
      required: true,
      value: ownName(),
      hint: "Both are kept in the audit.",
    },
  ];
}

const NAME_KEY = "querycop.name";

/** The name given at the last log-in of this browser. */
export function ownName() {
  return localStorage.getItem(NAME_KEY) ?? "";
}

/** @param {string} name */
export function rememberName(name) {
  localStorage.setItem(NAME_KEY, name);
}
