/** Starts the page: log in, then everything else. */
import { Api, ApiError } from "./api.js";
import { DecisionsPanel } from "./decisions.js";
import { ownName, rememberName } from "./dialog.js";
import { DigestsPanel } from "./digests.js";
import { announce, byId, setText } from "./dom.js";
import { HealthLine } from "./health.js";
import { HeldPanel } from "./held.js";
import { Overview } from "./overview.js";
import { PolicyPanel } from "./policy.js";
import { SessionsPanel } from "./sessions.js";
import { listen } from "./stream.js";

/** How often what no event tells of is asked for, in ms. */
const SESSIONS_EVERY_MS = 5000;
const DIGESTS_EVERY_MS = 10_000;
const OVERRIDES_EVERY_MS = 30_000;
const READY_EVERY_MS = 10_000;

const api = new Api();
const overview = new Overview();
const health = new HealthLine();
const held = new HeldPanel(api);
const decisions = new DecisionsPanel(api);
const sessions = new SessionsPanel(api);
const policy = new PolicyPanel(api, () => void digests.load().catch(report));
const digests = new DigestsPanel(api, () => void policy.loadOverrides().catch(report));

/** @type {AbortController | undefined} Ends everything that belongs to this log-in. */
let running;

api.onUnauthorized = () => showLogin("The session has ended: log in again.");
byId("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  logIn();
});
byId("logout").addEventListener("click", async () => {
  await api.post("/v1/logout").catch(report);
  showLogin("");
});

try {
  const stats = await api.get("/v1/stats");
  await start(stats);
} catch (error) {
  showLogin(error instanceof ApiError && error.status !== 401 ? error.message : "");
}

/** @param {string} note */
function showLogin(note) {
  running?.abort();
  running = undefined;
  document.querySelector("dialog")?.close();
  byId("app").hidden = true;
  byId("login").hidden = false;
  byId("login-note").hidden = note === "";
  setText(byId("login-note"), note);
  setText(byId("login-problem"), "");
  document.title = "Log in to querycop";
  const name = /** @type {HTMLInputElement} */ (byId("name"));
  if (name.value === "") name.value = ownName();
  byId("key").focus();
}

let loggingIn = false;

async function logIn() {
  const key = /** @type {HTMLInputElement} */ (byId("key"));
  const name = /** @type {HTMLInputElement} */ (byId("name"));
  const problem = byId("login-problem");
  problem.textContent = "";
  for (const [input, text] of /** @type {const} */ ([[key, "Give the key."], [name, "Give your name."]])) {
    if (input.value.trim() !== "") continue;
    problem.textContent = text;
    input.focus();
    return;
  }
  if (loggingIn) return;
  loggingIn = true;
  try {
    const by = name.value.trim();
    await api.post("/v1/login", { key: key.value.trim(), ...(by === "" ? {} : { by }) });
    key.value = "";
    rememberName(name.value.trim());
    await start(await api.get("/v1/stats"));
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    problem.textContent = status === 401
      ? "This is not the key."
      : error instanceof Error
      ? error.message
      : String(error);
    key.select();
    key.focus();
  } finally {
    loggingIn = false;
  }
}

/** @param {import("./types.ts").Stats} stats */
async function start(stats) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  byId("login").hidden = true;
  byId("app").hidden = false;
  document.title = "querycop";
  byId("held-title").focus({ preventScroll: true });
  overview.push(stats);
  health.show(stats);
  listen("/v1/events", {
    message: take,
    opened: (again) => {
      health.setStream("good", "receiving");
      byId("lost").hidden = true;
      if (again) announce("Live again");
      // What happened before the line stood is asked for.
      loadAll();
    },
    lost: (reason, waitMs) => {
      health.setStream("bad", "lost");
      health.show(overview.last);
      const banner = byId("lost");
      banner.hidden = false;
      setText(
        banner,
        `${reason}. What you see is no longer live; trying again in ${
          Math.max(1, Math.round(waitMs / 1000))
        } s.`,
      );
    },
    unauthorized: api.onUnauthorized,
  }, signal);
  repeat(() => sessions.load(), SESSIONS_EVERY_MS, signal);
  repeat(() => digests.load(), DIGESTS_EVERY_MS, signal);
  repeat(() => policy.loadOverrides(), OVERRIDES_EVERY_MS, signal);
  repeat(() => health.ask(), READY_EVERY_MS, signal);
  await health.ask();
  health.show(overview.last);
}

function loadAll() {
  for (
    const load of [
      () => held.load(),
      () => decisions.load(),
      () => policy.load().then(() => digests.setRoles(policy.roles)),
      () => digests.load(),
      () => sessions.load(),
      () => policy.loadOverrides(),
    ]
  ) load().catch(report);
}

/**
 * @param {string} event
 * @param {any} data
 */
function take(event, data) {
  if (event === "stats") {
    overview.push(data);
    health.show(data);
  } else if (event === "hold") held.add(data);
  else if (event === "approval") {
    held.remove(data);
    decisions.end(data);
    // It may have been approved for a time.
    if (data.state === "approved") policy.loadOverrides().catch(report);
  } else if (event === "skipped") decisions.skip(data.count);
  else if (event === "decision") {
    decisions.add(data);
    // Somebody else changed what stands over the policy.
    if (["block", "break_glass", "policy"].includes(data.type)) {
      policy.loadOverrides().catch(report);
      if (data.type === "policy") policy.load().catch(report);
    }
  }
}

/**
 * Does something again and again while the page is looked at.
 *
 * @param {() => Promise<void>} work
 * @param {number} everyMs
 * @param {AbortSignal} signal
 */
function repeat(work, everyMs, signal) {
  const timer = setInterval(() => {
    if (!document.hidden) work().catch(report);
  }, everyMs);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/**
 * A failure that leaves the rest of the page usable. A refused key has shown the log-in already, and a lost server says
 * so by the stream.
 *
 * @param {unknown} error
 */
function report(error) {
  if (error instanceof ApiError && (error.status === 401 || error.status === 0)) return;
  announce(error instanceof Error ? error.message : String(error));
}
