/** The dashboard as people use it: the real executable, a real database, a real browser. */
import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { type Browser, type Page, startBrowser } from "../support/chromium.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer } from "../support/servers.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const POLICY = `
version: 1
roles:
  - name: app
    match: { users: [app] }
    hold: [delete-without-where]
`;
/** Where pictures of the page are left for people, if that is asked for. */
const PICTURES = Deno.env.get("QUERYCOP_TEST_PICTURES");

async function setUp() {
  const folder = await Deno.makeTempDir({ prefix: "querycop-dashboard-" });
  const policy = `${folder}/policy.yaml`;
  await Deno.writeTextFile(policy, POLICY);
  const server = await startServer({ flavour: "mariadb" });
  await server.sql(`
    CREATE DATABASE shop;
    CREATE TABLE shop.carts (id INT PRIMARY KEY, note VARCHAR(200));
    INSERT INTO shop.carts VALUES (1, 'a'), (2, 'b');
    CREATE TABLE shop.orders (id INT PRIMARY KEY);
    INSERT INTO shop.orders VALUES (1), (2), (3);
  `);
  await server.createUser({ name: "app", password: "secret", grant: "ALL ON shop.*" });
  const querycop = await startQuerycop({
    backend: { port: server.port },
    env: { ADMIN_API_KEY: KEY, GATEKEEPER_POLICY_FILE: policy },
  });
  const browser = await startBrowser();
  return {
    server,
    querycop,
    browser,
    client: () =>
      mysql.createConnection({
        host: "127.0.0.1",
        port: querycop.port,
        user: "app",
        password: "secret",
        database: "shop",
      }),
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      await querycop.stop();
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function openPage(
  browser: Browser,
  querycop: Querycop,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Page> {
  const page = await browser.newPage(options);
  await page.open(`http://127.0.0.1:${querycop.apiPort}/`);
  await page.until("document.querySelector('#login')?.checkVisibility()");
  return page;
}

async function logIn(page: Page): Promise<void> {
  await page.fill("#key", KEY);
  await page.fill("#name", "Ada Lovelace");
  await page.press("Enter");
  await page.until("document.querySelector('#app').checkVisibility()");
}

/** Opens the dialog of a held statement, and waits for all that is decided on to stand there. */
async function decide(page: Page, action: "approve" | "reject"): Promise<void> {
  await page.click(`[data-action=${action}]`);
  assert.equal(await page.evaluate("document.querySelectorAll('dialog').length"), 1);
  await page.until("document.querySelector('dialog code.whole') !== null");
}

/** Sends the open dialog, and waits for it to have done what it asked. */
async function submit(page: Page): Promise<void> {
  await page.click("dialog [data-action=submit]");
  await page.until("document.querySelector('dialog') === null");
}

/** An error as a driver throws it. */
interface DriverError {
  readonly errno: number;
  readonly message: string;
}

/** What a statement came to, without waiting for it here. */
function run(connection: mysql.Connection, sql: string): Promise<string | DriverError> {
  return connection.query(sql).then(() => "done", (error: DriverError) => error);
}

function textOf(page: Page, selector: string): Promise<string> {
  return page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`);
}

async function countRows(connection: mysql.Connection, table: string): Promise<number> {
  const [rows] = await connection.query(`SELECT COUNT(*) AS n FROM ${table} WHERE id > 0`);
  return (rows as { n: number }[])[0]?.n ?? -1;
}

const HELD = "document.querySelectorAll('#held-list > article').length";

Deno.test("the dashboard shows what runs, and decides what waits", async (t) => {
  await using bench = await setUp();
  const { browser, querycop } = bench;
  const page = await openPage(browser, querycop);
  const watcher = await bench.client();
  const worker = await bench.client();
  // Each step goes on from the one before.
  const step = async (name: string, work: () => Promise<void>) => {
    if (!(await t.step(name, work))) {
      throw new Error(`${name}: failed; the page shows\n${await textOf(page, "body")}`);
    }
  };
  try {
    await step("a wrong key is told so, and the right one opens the page and leaves no trace", async () => {
      await page.fill("#key", "not-the-key");
      await page.fill("#name", "Ada Lovelace");
      await page.press("Enter");
      await page.untilShown("This is not the key.");
      assert.equal(await page.evaluate("document.querySelector('#app').hidden"), true);
      await logIn(page);
      const readable = await page.evaluate<string>(
        "document.documentElement.outerHTML + document.cookie + location.href + " +
          "JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + " +
          "[...document.querySelectorAll('input')].map((input) => input.value).join()",
      );
      assert.ok(!readable.includes(KEY), "the key can be read in the page");
      assert.ok(!(await querycop.log()).includes(KEY), "the key is in the log");
    });

    await step("traffic, sessions and statement shapes show while it runs", async () => {
      await page.untilShown("Nothing waits for approval.");
      let stop = false;
      const traffic = (async () => {
        while (!stop) {
          await watcher.query("SELECT note FROM carts WHERE id = 1");
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      await page.until("/allowed [1-9]/.test(document.querySelector('#charts .legend').innerText)");
      stop = true;
      await traffic;
      await page.until("document.querySelector('#charts canvas') !== null");
      await page.until("document.querySelector('#sessions-list').innerText.includes('app')");
      await page.until(
        "document.querySelector('#digests-list').innerText.includes('SELECT `note` FROM `carts`')",
      );
      assert.match(await textOf(page, "#health"), /Live\s*receiving/);
      assert.match(await textOf(page, "#health"), /Audit\s*written/);
      assert.match(await textOf(page, "#mode"), /enforcing/);
    });

    await step("a held statement is approved, and its client's query completes", async () => {
      const waiting = run(worker, "DELETE FROM carts ORDER BY id = 88");
      await page.until(`${HELD} === 1`);
      assert.match(await textOf(page, "#announcements"), /waits for approval/);
      assert.match(await textOf(page, "#held-list"), /D001 delete-without-where[^]*DELETE FROM `carts`/);
      // Its literals are on their way still: there is nothing yet to decide on.
      await page.evaluate(`{
        const fetch = window.fetch;
        const released = new Promise((resolve) => window.release = resolve).then(() => window.fetch = fetch);
        window.fetch = async (path, options) => {
          if (options.method === "GET" && path.startsWith("/v1/approvals/")) await released;
          return await fetch(path, options);
        };
      }`);
      await page.click("[data-action=approve]");
      assert.match(await textOf(page, "dialog"), /Reading its text/);
      await page.fill("#field-reason", "Clean-up CHG-88");
      await page.press("Enter");
      assert.match(await textOf(page, "dialog [role=alert]"), /^What you decide on is not shown yet/);
      assert.equal(
        await page.evaluate("document.querySelector('dialog [data-action=submit]').ariaDisabled"),
        "true",
      );
      await page.evaluate("release()");
      await page.until("document.querySelector('dialog code.whole') !== null");
      assert.equal(await textOf(page, "dialog [role=alert]"), "");
      const shown = await textOf(page, "dialog");
      assert.match(shown, /As it will run, 34 bytes:\s+DELETE FROM carts ORDER BY id = 88\s/);
      assert.match(shown, /schema shop, role app\. Risk 95/);
      assert.match(shown, /delete on shop\.carts: risk 95[^\n]*, hold\s+D001 delete-without-where/);
      assert.equal(await countRows(watcher, "carts"), 2);
      await submit(page);
      assert.equal(await waiting, "done");
      await page.until(`${HELD} === 0`);
      assert.equal(await countRows(watcher, "carts"), 0);
      await page.until(
        "document.querySelector('#decisions-list').innerText.includes('approved by Ada Lovelace: Clean-up CHG-88')",
      );
    });

    await step("another is rejected, and its client gets the error with who and why", async () => {
      const waiting = run(worker, "DELETE FROM orders");
      // One whose text cannot be read is not approved unseen.
      await page.until(`${HELD} === 1`);
      await page.evaluate("{ const fetch = window.fetch; window.back = () => { window.fetch = fetch; }; }");
      await page.evaluate("window.fetch = () => Promise.reject(new TypeError('refused')), 0");
      await page.click("[data-action=approve]");
      await page.untilShown("Its text was not read: querycop does not answer");
      await page.evaluate("back()");
      await page.fill("#field-reason", "Unseen");
      await page.press("Enter");
      await page.untilShown("What you decide on is not shown yet: wait, or open this again");
      await page.press("Escape");
      await page.until("document.querySelector('dialog') === null");
      await decide(page, "reject");
      await page.click("dialog [data-action=submit]"); // Nothing was written yet.
      await page.untilShown("Why it must not run: please say");
      await page.fill("#field-reason", "Not on a Friday");
      await submit(page);
      const error = await waiting;
      assert.ok(typeof error === "object");
      assert.equal(error.errno, 1227);
      assert.match(error.message, /querycop: rejected by Ada Lovelace: Not on a Friday/);
      assert.equal(await countRows(watcher, "orders"), 3);
    });

    await step("a shape is approved for a time, runs without a wait, and is withdrawn", async () => {
      const waiting = run(worker, "DELETE FROM carts");
      await decide(page, "approve");
      assert.equal(await page.evaluate("document.querySelector('#field-for').checkVisibility()"), false);
      await page.click("dialog input[value=digest]");
      assert.equal(await page.evaluate("document.querySelector('#field-for').checkVisibility()"), true);
      await page.fill("#field-reason", "Clean-up CHG-89");
      await submit(page);
      assert.equal(await waiting, "done");
      assert.equal(await run(worker, "DELETE FROM carts"), "done");
      await page.until("document.querySelector('#approved-list').innerText.includes('Clean-up CHG-89')");
      await page.click("#approved-list [data-action=remove]");
      await submit(page);
      await page.untilShown("No statement is approved for a time.");
      const again = run(worker, "DELETE FROM carts");
      await page.until(`${HELD} === 1`);
      await decide(page, "reject");
      await page.fill("#field-reason", "No longer");
      await submit(page);
      assert.equal(typeof await again, "object");
    });

    await step("a statement shape is blocked from the page, refused, and let run again", async () => {
      const row = "[...document.querySelectorAll('#digests-list tr')]" +
        ".find((row) => row.innerText.includes('SELECT `note` FROM `carts`'))";
      await page.until(`${row}?.querySelector('[data-action=block]')`);
      await page.evaluate(`${row}.querySelector('[data-action=block]').setAttribute('id', 'wanted')`);
      await page.click("#wanted");
      await page.fill("#field-reason", "Takes the replica down");
      await submit(page);
      await page.until("document.querySelector('#blocks-list').innerText.includes('Takes the replica down')");
      const refused = await run(watcher, "SELECT note FROM carts WHERE id = 7");
      assert.ok(typeof refused === "object");
      assert.equal(refused.errno, 1227);
      await page.until("document.querySelector('#decisions-list').innerText.includes('refused')");
      await page.click("#blocks-list [data-action=remove]");
      await submit(page);
      await page.untilShown("No statement is blocked.");
      assert.equal(await run(watcher, "SELECT note FROM carts WHERE id = 7"), "done");
    });

    await step("markup in a statement is text", async () => {
      const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
      const waiting = run(worker, `DELETE FROM carts AS \`${markup}\``);
      await page.until(`${HELD} === 1`);
      assert.ok((await textOf(page, "#held-list")).includes(markup));
      assert.equal(
        await page.evaluate("document.querySelectorAll('#app img[src=x], #app script').length"),
        0,
      );
      await decide(page, "reject");
      await page.fill("#field-reason", markup);
      await submit(page);
      const error = await waiting;
      assert.ok(typeof error === "object");
      assert.ok(error.message.includes(`rejected by Ada Lovelace: ${markup}`));
      await page.until(
        `document.querySelector('#decisions-list').innerText.includes(${JSON.stringify(markup)})`,
      );
      assert.equal(
        await page.evaluate("document.querySelectorAll('#app img[src=x], #app script').length"),
        0,
      );
    });

    await step("a session is ended from the page", async () => {
      const victim = await bench.client();
      victim.on("error", () => {});
      await victim.query("SELECT 1");
      await page.until("document.querySelectorAll('#sessions-list tbody tr').length === 3");
      // The one with the fewest statements stands last.
      await page.evaluate(
        "[...document.querySelectorAll('#sessions-list [data-action=end]')].at(-1).setAttribute('id', 'victim')",
      );
      await page.click("#victim");
      await page.untilShown("End this session?");
      await submit(page);
      await page.until("document.querySelectorAll('#sessions-list tbody tr').length === 2");
      assert.equal(typeof await run(victim, "SELECT 1"), "object");
      victim.destroy();
    });

    await step("break-glass lifts what a role is refused, says so, and is revoked", async () => {
      await page.click("#break-glass");
      await page.fill("#field-reason", "Restore after INC-4411");
      await submit(page);
      await page.untilShown("Break-glass: role app is not refused anything");
      assert.equal(await run(worker, "DELETE FROM carts"), "done");
      await page.until("document.querySelector('#decisions-list').innerText.includes('would hold')");
      await page.click("#open-glass [data-action=revoke]");
      await submit(page);
      await page.until("document.querySelector('#open-glass').innerText === ''");
    });

    await t.step(
      "the keyboard alone logs in and approves, and a closed dialog gives focus back",
      async () => {
        const other = await openPage(browser, querycop);
        await other.tabTo("e.id === 'key'");
        await other.type(KEY);
        await other.press("Tab");
        await other.type("Grace Hopper");
        await other.press("Enter");
        await other.until("document.querySelector('#app').checkVisibility()");
        const waiting = run(worker, "DELETE FROM carts");
        await other.until(`${HELD} === 1`);
        await other.tabTo("e.dataset.action === 'approve'");
        const outline = await other.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
        assert.equal(outline, "solid", "focus cannot be seen");
        await other.press("Enter");
        await other.until("document.querySelector('dialog')?.open");
        await other.press("Escape");
        await other.until("document.querySelector('dialog') === null");
        assert.equal(await other.evaluate("document.activeElement.dataset.action"), "approve");
        await other.press("Enter");
        await other.until("document.querySelector('dialog code.whole') !== null");
        await other.tabTo("e.id === 'field-reason'");
        await other.type("By hand");
        await other.press("Enter");
        assert.equal(await waiting, "done");
        await other.until(`${HELD} === 0`);
        await other.until("document.activeElement.id === 'held-title'");
        // From end to end: focus leaves nothing and comes back to the start.
        await other.evaluate("document.querySelector('.skip').focus()");
        await other.press("Tab");
        await other.tabTo("e.classList.contains('skip') || e === document.body", 200);
        assert.deepEqual(other.problems, []);
      },
    );

    await t.step(
      "at 1280 and 390 wide, light and dark, nothing is cut off and text can be read",
      async () => {
        const waiting = run(worker, "DELETE FROM carts");
        for (const width of [1280, 390]) {
          for (const scheme of ["light", "dark"] as const) {
            const shown = await openPage(browser, querycop, { width, height: 844, scheme });
            const name = `${scheme}-${width}`;
            await picture(shown, `${name}-login`);
            await logIn(shown);
            await shown.until(`${HELD} === 1`);
            await shown.until("document.querySelector('#charts canvas') !== null");
            await shown.until("document.querySelector('#sessions-list tbody tr') !== null");
            await shown.until("document.querySelector('#digests-list tbody tr') !== null");
            await picture(shown, name);
            assert.ok(
              await shown.evaluate("document.documentElement.scrollWidth <= innerWidth"),
              `${name} scrolls sideways`,
            );
            assert.deepEqual(await shown.evaluate(UNREADABLE), [], `${name}: contrast below 4.5 to 1`);
            await decide(shown, "approve");
            await picture(shown, `${name}-dialog`);
            assert.deepEqual(
              await shown.evaluate(UNREADABLE),
              [],
              `${name}, dialog: contrast below 4.5 to 1`,
            );
            assert.deepEqual(shown.problems, [], name);
            await shown.press("Escape");
          }
        }
        await decide(page, "approve");
        await page.fill("#field-reason", "Seen");
        await submit(page);
        assert.equal(await waiting, "done");
      },
    );

    await step("every control has a name", async () => {
      assert.deepEqual(await page.evaluate(UNNAMED), []);
    });

    await step("logging out ends the session, and nothing was wrong all the while", async () => {
      await page.click("#logout");
      await page.until("document.querySelector('#login').checkVisibility()");
      const status = await page.evaluate(`(async () => {
        for (;;) {
          const { status } = await fetch("/v1/stats");
          if (status !== 429) return status;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      })()`);
      assert.equal(status, 401);
      assert.deepEqual(page.problems, []);
    });
  } finally {
    watcher.destroy();
    worker.destroy();
  }
});

Deno.test("a lost server is said to be lost, and the page goes on or asks for the key when it is back", async () => {
  await using bench = await setUp();
  const page = await openPage(bench.browser, bench.querycop);
  await logIn(page);
  await page.until("document.querySelector('#health').innerText.includes('receiving')");
  bench.querycop.signal("SIGKILL");
  await page.untilShown("What you see is no longer live");
  await using again = await startQuerycop({
    backend: { port: bench.server.port },
    apiPort: bench.querycop.apiPort,
    env: { ADMIN_API_KEY: KEY },
  });
  assert.ok(again.pid > 0);
  // Logins live in memory: the new process knows none of them.
  await page.untilShown("The session has ended: log in again.");
  await logIn(page);
  await page.until("document.querySelector('#health').innerText.includes('receiving')");
});

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot(`${PICTURES}/${name}.png`);
}

/** Texts whose colour is too near to what is behind them, by WCAG's measure. */
const UNREADABLE = `(() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.a === 1) return colour;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!own || !element.checkVisibility() || element.closest(".unseen, option") !== null) continue;
    const [front, back] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) bad.push(element.className + ": " + element.textContent.slice(0, 30) + " " + ratio.toFixed(2));
  }
  return [...new Set(bad)];
})()`;

/** Controls that say nothing to those who do not see them. */
const UNNAMED = `[...document.querySelectorAll("button, input, select, a, dialog, section, nav, table")]
  .filter((element) => {
    const labels = "labels" in element && element.labels !== null ? [...element.labels] : [];
    const by = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id));
    const text = [
      element.getAttribute("aria-label"),
      ...labels.map((label) => label.textContent),
      ...by.map((other) => other?.textContent),
      element.matches("button, a") ? element.textContent : "",
      element.querySelector("caption")?.textContent,
    ].join("").trim();
    return text === "";
  }).map((element) => element.outerHTML.slice(0, 80))`;
