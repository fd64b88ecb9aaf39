/** The admin API, asked no faster than it answers. */

/** Least time between two requests, in ms: the server takes 10 a second of one address. */
const SPACING_MS = 130;
/** How often a request is made again that the server had no time for, and for how long it waits to be told so, in ms. */
const TRIES = 4;
const LONGEST_PAUSE_MS = 5000;

/** What the API refused, in its own words. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 where the server was not reached
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

export class Api {
  #next = 0;
  /** Called whenever the server no longer knows this browser. */
  onUnauthorized = () => {};

  /**
   * Answers with the body, null where there is none. Throws ApiError.
   *
   * @param {"GET" | "POST" | "DELETE"} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async request(method, path, body) {
    for (let attempt = 1;; attempt++) {
      await this.#turn();
      const response = await fetch(path, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        ...(body === undefined
          ? {}
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      }).catch(() => {
        throw new ApiError(0, "unreachable", "querycop does not answer");
      });
      const pauseMs = 1000 * Number(response.headers.get("retry-after") ?? 1);
      if (response.status === 429 && attempt < TRIES && pauseMs <= LONGEST_PAUSE_MS) {
        await wait(pauseMs);
        continue;
      }
      const text = await response.text();
      if (response.ok) return text === "" ? null : JSON.parse(text);
      const error = readError(response.status, text);
      if (response.status === 401 && path !== "/v1/login") this.onUnauthorized();
      throw error;
    }
  }

  /** @param {string} path */
  get(path) {
    return this.request("GET", path);
  }

  /**
   * @param {string} path
   * @param {unknown} [body]
   */
  post(path, body) {
    return this.request("POST", path, body);
  }

  /** @param {string} path */
  delete(path) {
    return this.request("DELETE", path);
  }

  /** Resolves when it is this request's turn. */
  async #turn() {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + SPACING_MS;
    if (at > now) await wait(at - now);
  }
}

/**
 * @param {number} status
 * @param {string} body
 */
export function readError(status, body) {
  try {
    const { error } = JSON.parse(body);
    const problems = Array.isArray(error.problems) ? error.problems.map(describeProblem) : [];
    const text = problems.length === 0 ? String(error.message) : problems.join("\n");
    return new ApiError(status, String(error.code), text);
  } catch {
    return new ApiError(status, "unexpected", `querycop answered with status ${status}`);
  }
}

/**
 * One mistake of several, with its place in a file or the name of its field where it has one.
 *
 * @param {{ message: string, line?: number, column?: number, path?: string }} problem
 */
function describeProblem({ message, line, column, path }) {
  if (line !== undefined) return `line ${line}, column ${column}: ${message}`;
  return path === undefined || path === "" ? message : `${path}: ${message}`;
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
