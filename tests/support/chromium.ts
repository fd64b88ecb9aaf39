/**
 * Debian's Chromium without a window, spoken to over the DevTools protocol: enough to use a page as a person does, with
 * keyboard and pointer, and to look at it. It resolves no name and reaches nothing but this machine.
 */
import { installPackages } from "./apt.ts";
import { findProgram, tethered } from "./process.ts";

const PATIENCE_MS = 30_000;
const POLL_MS = 30;

/** How a page is shown. */
export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
}

/** Finds Chromium, installing it where this can be done, and throws saying what to install where it cannot. */
export async function provisionChromium(): Promise<string> {
  const found = await findProgram("chromium");
  if (found !== undefined) return found;
  await installPackages("The dashboard's tests", ["chromium"]);
  const installed = await findProgram("chromium");
  if (installed === undefined) throw new Error("chromium was installed, but is not on PATH");
  return installed;
}

/** Starts a browser with a profile of its own, which goes with it. */
export async function startBrowser(): Promise<Browser> {
  const profile = await Deno.makeTempDir({ prefix: "querycop-chromium-" });
  const [program, ...args] = await tethered([
    await provisionChromium(),
    "--headless=new",
    "--no-sandbox",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--disable-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    "about:blank",
  ]);
  const process = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  let ended = false;
  process.status.then(() => ended = true);
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    // Written once the browser listens: its port, and the path of the socket.
    const [port, path] = (await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "")).split(
      "\n",
    );
    if (port !== undefined && path !== undefined && path !== "") {
      return new Browser(process, profile, await connect(`ws://127.0.0.1:${port}${path}`));
    }
    if (ended || Date.now() > deadline) {
      await endProcess(process, profile);
      throw new Error("chromium did not start");
    }
    await pause();
  }
}

type Message = Record<string, unknown>;

/** A running browser. `await using browser = await startBrowser()` ends it with the scope. */
export class Browser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  readonly #pages = new Map<string, Page>();
  #last = 0;

  /** Use {@link startBrowser}. */
  constructor(process: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data as string) as Message;
      if (typeof message["id"] === "number") this.#waiting.get(message["id"])?.(message);
      else {
        this.#pages.get(String(message["sessionId"]))?.note(
          String(message["method"]),
          message["params"] as Message,
        );
      }
    };
  }

  /** Sends a command and resolves to its result; throws what the browser says against it. */
  async send(method: string, params: Message = {}, sessionId?: string): Promise<Message> {
    const id = ++this.#last;
    const answer = await new Promise<Message>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(
        JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
      );
    });
    this.#waiting.delete(id);
    if (answer["error"] !== undefined) throw new Error(`${method}: ${JSON.stringify(answer["error"])}`);
    return answer["result"] as Message;
  }

  /** A page with cookies and storage of its own. */
  async newPage(options: PageOptions = {}): Promise<Page> {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page((method, params) => this.send(method, params, String(sessionId)));
    this.#pages.set(String(sessionId), page);
    for (const domain of ["Page", "Runtime", "Log", "Audits"]) await page.send(`${domain}.enable`);
    await page.show(options);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.onmessage = null;
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await endProcess(this.#process, this.#profile);
    await closed;
  }
}

/** Keys that a walk through a page needs, with the codes that the protocol wants of them. */
const KEYS = {
  Tab: { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 },
  Enter: { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Escape: { key: "Escape", code: "Escape", windowsVirtualKeyCode: 27 },
  Space: { key: " ", code: "Space", windowsVirtualKeyCode: 32, text: " " },
  ArrowDown: { key: "ArrowDown", code: "ArrowDown", windowsVirtualKeyCode: 40 },
} as const;

/** One page. */
export class Page {
  readonly send: (method: string, params?: Message) => Promise<Message>;
  /** Whatever went wrong in it: exceptions, console errors, violations of its security policy. */
  readonly problems: string[] = [];

  /** Use {@link Browser.newPage}. */
  constructor(send: (method: string, params?: Message) => Promise<Message>) {
    this.send = send;
  }

  /** Takes an event of the browser. */
  note(method: string, params: Message): void {
    const text = JSON.stringify(params);
    if (method === "Runtime.exceptionThrown") this.problems.push(`exception: ${text}`);
    if (method === "Runtime.consoleAPICalled" && params["type"] === "error") {
      this.problems.push(`console: ${text}`);
    }
    if (method === "Log.entryAdded") {
      const { source, level } = params["entry"] as { source: string; level: string };
      // An answer of 401 is an entry too, and no mistake of the page.
      if (level === "error" && source !== "network") this.problems.push(`log: ${text}`);
    }
    if (method === "Audits.issueAdded") {
      const { code } = params["issue"] as { code: string };
      if (code === "ContentSecurityPolicyIssue") this.problems.push(`policy: ${text}`);
    }
  }

  /** Changes size and colour scheme. */
  async show({ width = 1280, height = 900, scheme = "light" }: PageOptions): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    await this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
  }

  /** Opens an address and waits for its scripts to have run. */
  async open(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    await this.until(
      `location.href.startsWith(${JSON.stringify(url)}) && document.readyState === "complete"`,
    );
  }

  /** The value of an expression, a promise's once it has one. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    }
    return (result as { value: T }).value;
  }

  /** Waits until an expression is true; throws with what the page shows where it never is. */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > deadline) {
        const shown = await this.evaluate<string>("document.body.innerText").catch(String);
        throw new Error(`Never came true: ${expression}\nThe page shows:\n${shown}`);
      }
      await pause();
    }
  }

  /** Waits until the page shows a text. */
  untilShown(text: string): Promise<void> {
    return this.until(`document.body.innerText.includes(${JSON.stringify(text)})`);
  }

  /** Clicks the middle of the first element that fits, once there is one to be seen. */
  async click(selector: string): Promise<void> {
    const find = `document.querySelector(${JSON.stringify(selector)})`;
    await this.until(`${find}?.checkVisibility()`);
    const [x, y] = await this.evaluate<[number, number]>(`(() => {
      ${find}.scrollIntoView({ block: "center", behavior: "instant" });
      const { x, y, width, height } = ${find}.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    })()`);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  /** Presses one key. */
  async press(name: keyof typeof KEYS): Promise<void> {
    const key = KEYS[name];
    await this.send("Input.dispatchKeyEvent", { type: "text" in key ? "keyDown" : "rawKeyDown", ...key });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  }

  /** Types into whatever has the focus. */
  async type(text: string): Promise<void> {
    await this.send("Input.insertText", { text });
  }

  /** Clicks a field, and replaces what it holds. */
  async fill(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`);
    await this.type(text);
  }

  /** Presses Tab until an expression about `document.activeElement`, here `e`, is true; throws where it never is. */
  async tabTo(expression: string, most = 80): Promise<void> {
    for (let i = 0; i < most; i++) {
      if (await this.evaluate<boolean>(`((e) => Boolean(${expression}))(document.activeElement)`)) return;
      await this.press("Tab");
    }
    throw new Error(`The keyboard does not reach ${expression} within ${most} steps`);
  }

  /** A picture of the page as PNG; the whole of it, or what is in view. */
  async screenshot(path: string, whole = true): Promise<void> {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: whole,
    });
    await Deno.writeFile(path, Uint8Array.from(atob(String(data)), (character) => character.charCodeAt(0)));
  }
}

function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error(`Cannot connect to ${url}`));
  });
}

async function endProcess(process: Deno.ChildProcess, profile: string): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await process.status;
  // Its helpers may still be writing when it has gone.
  for (let attempt = 0;; attempt++) {
    try {
      return await Deno.remove(profile, { recursive: true });
    } catch (error) {
      if (attempt === 50) throw error;
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
