/** @typedef {Node | string | number | null | undefined | false} Leaf nothing is shown for the empty ones */
/** @typedef {Leaf | readonly (Leaf | readonly Leaf[])[]} Child */
/** @typedef {Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>} Props */

/**
 * Makes an element. Text is only ever put in as text: statements are written by strangers.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props} props attributes; a function is a listener (`onclick`), true an empty attribute, false none
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/**
 * @param {Node} parent
 * @param {readonly Child[]} children
 */
function append(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.appendChild(child);
    else if (child !== null && child !== undefined && child !== false && !Array.isArray(child)) {
      parent.appendChild(document.createTextNode(String(child)));
    }
  }
}

/**
 * The page's element with this id.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}`);
  return element;
}

/**
 * Text of an element, touched only when it changes, so that a reader's selection stays.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows items in their order, making only those anew that have changed, and leaves the keyboard's focus on the control
 * where it was. Focus whose item is gone goes to `heir`.
 *
 * @template T
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} render controls carry `data-action`, by which they are found again
 * @param {HTMLElement} [heir] can be focused
 */
export function showItems(parent, items, keyOf, render, heir) {
  const focused = document.activeElement instanceof HTMLElement && parent.contains(document.activeElement)
    ? document.activeElement
    : undefined;
  const focusKey = focused?.closest("[data-key]")?.getAttribute("data-key");
  const focusAction = focused?.dataset["action"];
  const known = new Map([...parent.children].map((child) => [child.getAttribute("data-key"), child]));
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const signature = JSON.stringify(item);
    const old = known.get(key);
    if (old instanceof HTMLElement && old.dataset["signature"] === signature) return old;
    const fresh = render(item);
    fresh.dataset["key"] = key;
    fresh.dataset["signature"] = signature;
    return fresh;
  });
  if (
    wanted.length === parent.children.length && wanted.every((child, at) => child === parent.children[at])
  ) {
    return;
  }
  parent.replaceChildren(...wanted);
  if (focused === undefined || focused.isConnected && document.activeElement === focused) return;
  const row = wanted.find((child) => child.dataset["key"] === focusKey);
  const again = row?.querySelector(`[data-action="${focusAction}"]`);
  if (again instanceof HTMLElement) again.focus();
  else heir?.focus();
}

/**
 * Says something to those who cannot see the page.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = byId("announcements");
  region.textContent = text;
}

/**
 * A function that shows something soon, once for many calls that come together.
 * @param {number} ms until it is shown
 * @param {() => void} show
 * @returns {() => void}
 */
export function soon(ms, show) {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      show();
    }, ms);
  };
}
