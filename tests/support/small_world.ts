/** A cloud, a sink or two and an application in memory, with a process that can be ended at every single effect. */
import { ServerError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { firstState } from "../../src/rotate/begin.ts";
import {
  type BranchPassword,
  type CreatedPassword,
  type NewPassword,
  PlanetScaleApiError,
} from "../../src/rotate/planetscale_api.ts";
import { Rotation } from "../../src/rotate/rotation.ts";
import type { Pair, Sink } from "../../src/rotate/sinks/sink.ts";
import { type RotationState, stateSchema } from "../../src/rotate/state.ts";
import type { LoginTarget, RotationLimits, RotationWorld } from "../../src/rotate/world.ts";

const QUIET_MS = 60_000;
export const OLD_PASSWORD = "pscale_pw_old";
const START_MS = Date.UTC(2026, 10, 22, 12);

/** The process was ended. Nothing that it tries afterwards has an effect. */
export class Killed extends Error {}

export interface SmallWorldOptions {
  /** Sinks, and whether each can be read back. */
  readonly sinks?: readonly { readonly readable: boolean }[];
  /** How many looks after a delivery the application takes the new pair up; 0 is at once. */
  readonly takesUpAfter?: number;
  /** A password of somebody else, which nothing may touch. */
  readonly bystander?: boolean;
  /** How long the sinks' programs run, from the first. */
  readonly programsMs?: readonly number[];
}

interface StoredPassword {
  readonly public: BranchPassword;
  readonly secret: string;
  lastUsedMs: number | undefined;
  /** All uses, in order. */
  readonly uses: number[];
}

/** Everything that outlives a process. */
export class SmallWorld {
  readonly passwords = new Map<string, StoredPassword>();
  /** What each sink holds. */
  readonly held: ({ username: string; password: string } | undefined)[];
  /** The pair that the application uses. */
  application: { username: string; password: string };
  /** A session that the application leaves open, by user name. */
  readonly sessions: { id: string; user: string; client: string; age_seconds: number }[] = [];
  saved: RotationState | undefined;
  nowMs = START_MS;
  /** Everything that went wrong by the application's lights. */
  readonly harm: string[] = [];
  readonly told: string[] = [];
  readonly hooks: RotationState[] = [];
  /** Refuses or loses the answer of the nth request of a kind, from 1. */
  readonly failures: { call: string; error: Error; effect: boolean }[] = [];
  /** Somebody meddles, so that what befalls the application is not the rotation's doing. */
  meddled = false;
  /** Called before every effect, by its name: to change the world behind the rotation's back. */
  meddle: (effect: string) => void = () => {};
  /** What this process saw a sink hold when it last read it or gave it a pair. */
  readonly seen: ({ username: string; password: string } | undefined)[] = [];
  /** The clock of this machine less the true time; changes where somebody sets it. */
  clockOffMs = 0;
  /** The clock of the API less the true time. */
  apiOffMs = 0;
  /** How long after a use the API tells of it. */
  toldLateMs = 0;
  /** Whether the application reads its sink again each time, as one that somebody restarts. */
  rereads = false;
  /** Whether the application does nothing at all. */
  resting = false;
  /** Whether the old password is known to the rotation. */
  knowsOld = true;
  confirmed = true;
  /** Happens while the person is asked. */
  whileAsked: () => void = () => {};
  /** How long the sinks' programs run, from the first; each has its effect as it ends, whatever becomes of the process. */
  programsMs: number[] = [];
  readonly #running: { readonly untilMs: number; readonly write: () => void }[] = [];
  /** Answers to "try again?", from the first; no more than these. */
  retries = 0;
  /** How long after its deletion a login still works. */
  deleteLagMs = 0;
  readonly #lagging: { readonly stored: StoredPassword; readonly untilMs: number }[] = [];
  readonly #takesUpAfter: number;
  readonly #readable: readonly boolean[];
  #untilTaken: number | undefined;
  #serial = 0;

  constructor(options: SmallWorldOptions = {}) {
    const sinks = options.sinks ?? [{ readable: false }];
    this.#readable = sinks.map(({ readable }) => readable);
    this.held = sinks.map(() => undefined);
    this.programsMs = [...options.programsMs ?? []];
    this.#takesUpAfter = options.takesUpAfter ?? 2;
    this.#add("old", "old_user", OLD_PASSWORD, "app");
    if (options.bystander !== false) this.#add("bystander", "other_user", "x", "other");
    this.application = { username: "old_user", password: OLD_PASSWORD };
    this.nowMs += 1000;
  }

  ids(): readonly string[] {
    return [...this.passwords.keys()].filter((id) => id !== "bystander");
  }

  /** A rotation in a process that ends at effect `killAt`; effects count from 0, one before and one after each deed. */
  process(
    killAt = Infinity,
    limits: Partial<RotationLimits> = {},
  ): { rotation: Rotation; effects: () => number } {
    let count = 0;
    const signal = new AbortController().signal;
    const point = () => {
      if (count++ >= killAt) throw new Killed();
    };
    this.seen.length = 0;
    const effect = async <T>(name: string, deed: () => T | Promise<T>): Promise<T> => {
      point();
      this.meddle(name);
      const failing = this.failures.findIndex(({ call }) => call === name);
      const failure = failing < 0 ? undefined : this.failures.splice(failing, 1)[0];
      if (failure !== undefined && !failure.effect) throw failure.error;
      const result = await deed();
      if (failure !== undefined) throw failure.error;
      point();
      return result;
    };
    const login = (name: string): LoginTarget => ({
      name,
      probe: () => Promise.resolve(),
      logIn: (username, password) => effect(`login ${name}`, () => this.#logIn(username, password.reveal())),
    });
    const world: RotationWorld = {
      api: {
        listPasswords: () =>
          effect("list", () => [...this.passwords.values()].map((each) => this.#shown(each))),
        createPassword: (_ref, wanted) => effect("create", () => this.#create(wanted)),
        deletePassword: (_ref, id) => effect("delete", () => this.#delete(id)),
        nowMs: () => this.nowMs + this.apiOffMs,
      },
      save: (state) =>
        effect("save", () => {
          this.saved = stateSchema.parse(JSON.parse(JSON.stringify(state)));
        }),
      sinks: this.held.map((_, index) => this.#sink(index, effect)),
      logins: [login("database"), login("querycop")],
      sessions: [{ name: "http://querycop", list: () => effect("sessions", () => [...this.sessions]) }],
      hooks: [{
        name: "exec restart",
        run: (state) => effect("hook", () => void this.hooks.push(state)),
      }],
      oldPassword: this.knowsOld ? new Secret(OLD_PASSWORD) : undefined,
      trustsSinks: false,
      confirmDelete: () => {
        this.whileAsked();
        return Promise.resolve(this.confirmed);
      },
      tryAgain: () => Promise.resolve(this.retries-- > 0),
      isRunning: () => this.#running.length > 0,
      narrator: {
        step: (id) => this.told.push(id),
        detail: (text) => this.told.push(text),
        warning: (text) => this.told.push(text),
        waiting: (text) => this.told.push(text),
      },
      limits: {
        verifyMs: 30_000,
        commandMs: 300_000,
        waitMs: 3_600_000,
        refusalMs: 300_000,
        pollMs: 10_000,
        ...limits,
      },
      timing: {
        monotonic: () => this.nowMs,
        now: () => this.nowMs + this.clockOffMs,
        random: () => 0.5,
        delay: (ms) => effect("delay", () => this.#pass(ms)),
      },
      signal,
    };
    this.saved ??= this.#first();
    return { rotation: new Rotation(this.saved, world), effects: () => count };
  }

  #first(): RotationState {
    const old = this.passwords.get("old");
    if (old === undefined) throw new Error("no old password");
    return firstState({
      runId: "bcdfghjk",
      tokenId: "token",
      apiUrl: "https://api.example",
      target: { organization: "acme", database: "shop", branch: "main" },
      old: { ...this.#shown(old), username: "old_user", role: "admin" },
      settings: {
        sinks: this.held.map(() => "exec:store"),
        readBack: this.held.map(() => null),
        envNames: { username: "U", password: "P", url: null },
        onRecycle: [],
        querycops: [],
        through: [],
        quietMs: QUIET_MS,
      },
      nowMs: this.nowMs,
    });
  }

  #sink(index: number, effect: <T>(name: string, deed: () => T) => Promise<T>): Sink {
    return {
      name: `sink ${index}`,
      keeps: true,
      proof: this.#readable[index] ? "read" : "deliver",
      check: () => Promise.resolve(),
      deliver: async (pair: Pair, _signal, started) => {
        const runsMs = this.programsMs.shift() ?? 0;
        const write = () => {
          this.held[index] = { username: pair.username, password: pair.password.reveal() };
          this.seen[index] = this.held[index];
          // The application reads the first sink alone.
          if (index === 0) this.#untilTaken = this.#takesUpAfter;
          if (this.#takesUpAfter === 0) this.#use();
        };
        await started(1);
        await effect(`sink ${index}`, () => {
          if (runsMs === 0) write();
          else this.#running.push({ untilMs: this.nowMs + runsMs, write });
        });
        if (runsMs > 0) await effect("program", () => this.#pass(runsMs));
      },
      ...(this.#readable[index]
        ? {
          recall: (username: string) =>
            effect("recall", () => {
              const held = this.held[index];
              this.seen[index] = held;
              return held?.username === username ? new Secret(held.password) : undefined;
            }),
        }
        : {}),
    };
  }

  /** A password that a request made whose answer was lost, and which shows late. */
  appear(name: string): void {
    this.#add("late", "late_user", "pscale_pw_late", name);
  }

  /** Somebody uses a password behind our back. */
  touch(id: string): void {
    const found = this.passwords.get(id);
    if (found !== undefined) used(found, this.nowMs);
  }

  /** Time goes by, and the application works. */
  #pass(ms: number): void {
    this.nowMs += ms;
    for (let at = 0; at < this.#running.length;) {
      if ((this.#running[at]?.untilMs ?? 0) > this.nowMs) at++;
      else this.#running.splice(at, 1)[0]?.write();
    }
    this.#use();
  }

  #use(): void {
    if (this.resting) return;
    if (this.#untilTaken !== undefined && this.#untilTaken-- <= 0) {
      this.#untilTaken = undefined;
      this.application = this.held[0] ?? this.application;
    }
    if (this.rereads) this.application = this.held[0] ?? this.application;
    const { username, password } = this.application;
    const found = this.#login(username);
    if (found?.secret === password) used(found, this.nowMs);
    else if (!this.meddled) this.harm.push(`the application lost access as ${username}`);
  }

  #logIn(username: string, password: string): void {
    const found = this.#login(username);
    if (found?.secret !== password) {
      throw new ServerError(1045, "28000", `Access denied for user ${username}`);
    }
    used(found, this.nowMs);
  }

  #login(username: string): StoredPassword | undefined {
    const lagging = this.#lagging.filter(({ untilMs }) => this.nowMs < untilMs).map(({ stored }) => stored);
    return [...this.passwords.values(), ...lagging].find((each) => each.public.username === username);
  }

  #create(wanted: NewPassword): CreatedPassword {
    const serial = ++this.#serial;
    const secret = `pscale_pw_${serial}`;
    const made = this.#add(`new${serial}`, `user_${serial}`, secret, wanted.name);
    return { ...this.#shown(made), username: `user_${serial}`, plainText: new Secret(secret) };
  }

  #delete(id: string): "deleted" {
    const found = this.passwords.get(id);
    if (found === undefined) {
      throw new PlanetScaleApiError("not_found", "Not found", { hint: "-", status: 404 });
    }
    const { username } = found.public;
    if (username === this.application.username && !this.meddled) {
      this.harm.push(`${id} was deleted while the application used it`);
    }
    if (id === "old" && this.meddled) this.#judgeDeletion();
    else if (id === "old") {
      const others = [...this.passwords.values()].filter((each) =>
        each !== found && each.public.id !== "bystander"
      );
      if (others.length !== 1) this.harm.push(`old was deleted beside ${others.length} others`);
      const [other] = others;
      const holds = this.held.every((held) =>
        held?.username === other?.public.username && held?.password === other?.secret
      );
      if (!holds) this.harm.push("old was deleted before every sink held the new pair");
      if (this.nowMs - (found.lastUsedMs ?? 0) < QUIET_MS) {
        this.harm.push("old was deleted before its quiet period");
      }
      if (this.sessions.some(({ user }) => user === username)) {
        this.harm.push("old was deleted with a session open");
      }
    }
    this.passwords.delete(id);
    this.#lagging.push({ stored: found, untilMs: this.nowMs + this.deleteLagMs });
    return "deleted";
  }

  /** What must hold whenever the old password is deleted, whatever was done behind the rotation's back. */
  #judgeDeletion(): void {
    const current = this.saved?.current;
    const made = current === null || current === undefined ? undefined : this.passwords.get(current.id);
    if (made === undefined) this.harm.push("old was deleted while there was no new password");
    for (const [index] of this.held.entries()) {
      const seen = this.seen[index];
      if (seen?.username !== made?.public.username || seen?.password !== made?.secret) {
        this.harm.push(`old was deleted though sink ${index} was seen to hold ${seen?.username}`);
      }
    }
  }

  #add(id: string, username: string, secret: string, name: string): StoredPassword {
    const createdAt = new Date(this.nowMs);
    const stored: StoredPassword = {
      public: {
        id,
        name,
        username,
        role: "admin",
        cidrs: [],
        replica: false,
        directVtgate: false,
        ttlSeconds: 0,
        createdAt,
        expiresAt: undefined,
        expired: false,
        lastUsedAt: undefined,
        accessHost: "db.example",
        production: true,
      },
      secret,
      lastUsedMs: undefined,
      uses: [],
    };
    this.passwords.set(id, stored);
    return stored;
  }

  #shown({ public: shown, uses }: StoredPassword): BranchPassword {
    const told = uses.findLast((at) => at + this.toldLateMs <= this.nowMs);
    return { ...shown, lastUsedAt: told === undefined ? undefined : new Date(told + this.apiOffMs) };
  }
}

function used(stored: StoredPassword, atMs: number): void {
  stored.lastUsedMs = atMs;
  stored.uses.push(atMs);
}
