import type { LiveEvent } from "../contract/live_event.ts";
import type { WebhookMessage } from "../contract/webhook.ts";
import { createHmac } from "node:crypto";
import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { httpFailure } from "../net/http_failure.ts";
import { holdMessage, type MessageSetting, refusedMessage } from "./webhook_message.ts";

/** Deliveries that wait at a time; past that the oldest is dropped and counted. */
const MOST_WAITING = 100;
/** Requests under way at a time, so that one slow answer does not keep the others. */
const MOST_AT_ONCE = 4;
/** Waits before the second and each further try, in ms; half of each is left to chance. */
const BACKOFF_MS: readonly number[] = [1000, 5000, 20_000, 60_000];
/** How long one try may take, in ms. */
const PATIENCE_MS = 10_000;
/** Refusals of one shape and role are told of once in this time, in ms. */
const QUIET_MS = 60_000;
/** Shapes and roles whose last telling is remembered. */
const MOST_TOLD = 1000;

/** Sends one request and resolves to the status of its answer; rejects where there is none. */
export type SendWebhook = (request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}) => Promise<{ readonly status: number }>;

export interface WebhookOptions extends MessageSetting {
  readonly url: URL;
  /** Key of the signature; nothing is signed without. */
  readonly secret: Secret | undefined;
  readonly version: string;
  readonly send: SendWebhook;
  readonly newId: () => string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Calls back after so many ms unless the returned function is called. */
  readonly after: (ms: number, callback: () => void) => () => void;
  readonly logger: Logger;
}

/** How deliveries ended, and how many wait. */
export interface WebhookTotals {
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
  /** Refusals like one that was told of a moment before. */
  readonly repeated: number;
}

interface Delivery {
  readonly id: string;
  readonly body: string;
  tries: number;
  cancelTimer: (() => void) | undefined;
}

/**
 * Tells another service of held statements and of refusals that are critical: signed, tried again with growing pauses,
 * bounded in memory, and beside the wire, which never waits for it. What is undelivered when the process ends is lost.
 */
export class Webhook {
  readonly #options: WebhookOptions;
  /** Not under way, oldest first: those without a timer are due. */
  readonly #waiting: Delivery[] = [];
  readonly #told = new Map<string, { readonly at: number; repeated: number }>();
  readonly #totals = { delivered: 0, failed: 0, dropped: 0, repeated: 0 };
  readonly #abort = new AbortController();
  #underWay = 0;
  #whenIdle: (() => void) | undefined;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  get totals(): WebhookTotals {
    return { ...this.#totals };
  }

  /** Takes what has happened into account; returns at once. */
  notify(event: LiveEvent): void {
    const message = this.#messageOf(event);
    if (message === undefined || this.#abort.signal.aborted) return;
    this.#waiting.push({
      id: this.#options.newId(),
      body: JSON.stringify(message),
      tries: 0,
      cancelTimer: undefined,
    });
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift()?.cancelTimer?.();
      this.#totals.dropped++;
    }
    this.#sendDue();
  }

  /** Waits so long for what is under way and due, and gives up the rest. */
  async close(patienceMs: number): Promise<void> {
    if (this.#underWay > 0 || this.#waiting.some(isDue)) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.after(patienceMs, resolve);
        this.#whenIdle = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#abort.abort();
    for (const delivery of this.#waiting.splice(0)) {
      delivery.cancelTimer?.();
      this.#totals.dropped++;
    }
  }

  #messageOf(event: LiveEvent): WebhookMessage | undefined {
    if (event.type === "hold") return holdMessage(event.approval, this.#options);
    if (event.type !== "decision") return undefined;
    const { type, action, level, digest = "", role = "" } = event.event;
    if (type !== "statement" || action !== "refuse" || level !== "critical") return undefined;
    const key = `${role}\0${digest}`;
    const now = this.#options.now();
    const told = this.#told.get(key);
    if (told !== undefined && now - told.at < QUIET_MS) {
      told.repeated++;
      this.#totals.repeated++;
      return undefined;
    }
    this.#told.delete(key);
    this.#told.set(key, { at: now, repeated: 0 });
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= MOST_TOLD) break;
      this.#told.delete(oldest);
    }
    return refusedMessage(event.event, this.#options, told?.repeated ?? 0);
  }

  #sendDue(): void {
    while (this.#underWay < MOST_AT_ONCE) {
      const index = this.#waiting.findIndex(isDue);
      const [delivery] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (delivery === undefined) break;
      this.#underWay++;
      void this.#try(delivery).finally(() => {
        this.#underWay--;
        this.#sendDue();
      });
    }
    if (this.#underWay === 0 && !this.#waiting.some(isDue)) this.#whenIdle?.();
  }

  async #try(delivery: Delivery): Promise<void> {
    delivery.tries++;
    const problem = await this.#send(delivery);
    if (problem === undefined) {
      this.#totals.delivered++;
      return;
    }
    const backoffMs = BACKOFF_MS[delivery.tries - 1];
    const { logger, random, after } = this.#options;
    if (!problem.passing || backoffMs === undefined || this.#abort.signal.aborted) {
      this.#totals.failed++;
      logger.warn("webhook not delivered", {
        delivery: delivery.id,
        tries: delivery.tries,
        problem: problem.text,
      });
      return;
    }
    const cancel = after(backoffMs / 2 + random() * backoffMs / 2, () => {
      delivery.cancelTimer = undefined;
      this.#sendDue();
    });
    delivery.cancelTimer = cancel;
    this.#waiting.push(delivery);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift()?.cancelTimer?.();
      this.#totals.dropped++;
    }
  }

  /** What went wrong, and whether it may pass; `undefined` where nothing did. The address, often a secret, is not in it. */
  async #send(
    { id, body }: Delivery,
  ): Promise<{ readonly text: string; readonly passing: boolean } | undefined> {
    const { url, secret, version, send, now } = this.#options;
    const timestamp = String(Math.floor(now() / 1000));
    try {
      const { status } = await send({
        url: url.href,
        headers: {
          "content-type": "application/json",
          "user-agent": `querycop/${version}`,
          "x-querycop-delivery": id,
          "x-querycop-timestamp": timestamp,
          ...(secret === undefined ? {} : { "x-querycop-signature": signature(secret, timestamp, body) }),
        },
        body,
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      if (status >= 200 && status < 300) return undefined;
      const passing = status >= 500 || status === 408 || status === 425 || status === 429;
      return {
        text: status < 400 ? `it redirects (${status}), which is not followed` : `it answers ${status}`,
        passing,
      };
    } catch (error) {
      return { text: httpFailure(error).reason.replaceAll(url.href, "its address"), passing: true };
    }
  }
}

/** `v1=` and the HMAC-SHA256 of `TIMESTAMP.BODY` in hexadecimal digits. */
export function signature(secret: Secret, timestamp: string, body: string): string {
  return `v1=${createHmac("sha256", secret.reveal()).update(`${timestamp}.${body}`).digest("hex")}`;
}

function isDue({ cancelTimer }: Delivery): boolean {
  return cancelTimer === undefined;
}
