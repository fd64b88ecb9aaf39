/** Rotations over the real API client, before an API that fails as it likes. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { QuerycopError, ServerError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { firstState } from "../../src/rotate/begin.ts";
import { createPlanetScaleApi } from "../../src/rotate/planetscale_api.ts";
import { assertMayRotate, gatherPreflight, judgePreflight } from "../../src/rotate/preflight.ts";
import { Rotation } from "../../src/rotate/rotation.ts";
import { runRotation } from "../../src/rotate/runner.ts";
import { type RotationState, stateSchema } from "../../src/rotate/state.ts";
import type { LoginTarget, RotationWorld } from "../../src/rotate/world.ts";
import {
  type Fault,
  type FaultAnswer,
  MAIN_BRANCH,
  ROTATING_TOKEN,
  TestPlanetScaleApi,
} from "../support/planetscale_api.ts";

const START_MS = Date.UTC(2026, 4, 18);

/** One PlanetScale, one sink, and time that passes by being waited for. */
class Stage {
  nowMs = START_MS;
  readonly api = new TestPlanetScaleApi({ now: () => new Date(this.nowMs) });
  readonly harm: string[] = [];
  saved: RotationState | undefined;
  held: { readonly username: string; readonly password: string } | undefined;
  readonly #readable: boolean;

  constructor(readable: boolean) {
    this.#readable = readable;
  }

  /** What a new process has: the saved state, and no secret. */
  rotation(state: RotationState): Rotation {
    const timing: RotationWorld["timing"] = {
      now: () => this.nowMs,
      monotonic: () => this.nowMs,
      random: () => 0.5,
      delay: (ms) => {
        this.nowMs += ms;
        return Promise.resolve();
      },
    };
    const { signal } = new AbortController();
    const database: LoginTarget = {
      name: "the database",
      probe: () => Promise.resolve(),
      logIn: (username, password) =>
        this.works({ username, password: password.reveal() })
          ? Promise.resolve()
          : Promise.reject(new ServerError(1045, "28000", "Access denied")),
    };
    const nothing = () => {};
    return new Rotation(state, {
      api: this.client(timing),
      save: (next) => {
        this.saved = stateSchema.parse(JSON.parse(JSON.stringify(next)));
        return Promise.resolve();
      },
      sinks: [{
        keeps: true,
        proof: this.#readable ? "read" : "deliver",
        name: "the sink",
        check: () => Promise.resolve(),
        deliver: ({ username, password }) => {
          this.held = { username, password: password.reveal() };
          return Promise.resolve();
        },
        ...(this.#readable
          ? {
            recall: (username: string) =>
              Promise.resolve(this.held?.username === username ? new Secret(this.held.password) : undefined),
          }
          : {}),
      }],
      logins: [database],
      sessions: [],
      hooks: [],
      oldPassword: new Secret(this.old.plainText),
      trustsSinks: false,
      confirmDelete: () => Promise.resolve(true),
      tryAgain: () => Promise.resolve(false),
      isRunning: () => false,
      narrator: { step: nothing, detail: nothing, warning: nothing, waiting: nothing },
      limits: { verifyMs: 60_000, waitMs: 600_000, refusalMs: 60_000, pollMs: 5000, commandMs: 60_000 },
      timing,
      signal,
    });
  }

  client(timing?: RotationWorld["timing"]) {
    return createPlanetScaleApi({
      baseUrl: "https://api.planetscale.test",
      tokenId: ROTATING_TOKEN.id,
      token: new Secret(ROTATING_TOKEN.secret),
      log: createLogger({ level: "error", format: "json", write: () => {} }),
      signal: new AbortController().signal,
      transport: (request) => {
        const deletesOld = request.method === "DELETE" && request.url.endsWith(this.old.id);
        if (deletesOld && !this.works(this.held)) this.harm.push(`held ${this.held?.username}`);
        return this.api.transport(request);
      },
      ...(timing === undefined ? {} : { timing }),
    });
  }

  get old() {
    const all = [...this.api.model.passwords, ...this.api.model.deleted];
    const old = all.find(({ name }) => name === "application");
    assert.ok(old !== undefined);
    return old;
  }

  works(pair: { readonly username: string; readonly password: string } | undefined): boolean {
    return this.api.model.passwords.some(({ username, plainText }) =>
      username === pair?.username && plainText === pair.password
    );
  }
}

const fault: fc.Arbitrary<Fault> = fc.record({
  skip: fc.nat(12),
  times: fc.integer({ min: 1, max: 7 }),
  when: fc.constantFrom("before", "after"),
  answer: fc.constantFrom<FaultAnswer>(
    "drop",
    ...[400, 401, 403, 404, 422, 429, 500, 502, 503].map((status) => ({ status, body: { code: "x" } })),
    { status: 200, body: "<html>" },
    { status: 302, headers: { location: "https://elsewhere.test/" } },
  ),
  method: fc.constantFrom("GET", "POST", "DELETE"),
});

Deno.test("however the API fails, going on ends with one working password that the sink holds", async () => {
  const ended = { atOnce: 0, later: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (faults, readable) => {
        const stage = new Stage(readable);
        await using api = stage.api;
        await api.model.add({ name: "application", role: "readwriter" });
        const other = await api.model.add({ name: "of somebody else" });
        stage.nowMs += 1000;
        const query = { id: stage.old.id, username: undefined };
        const verdict = judgePreflight(
          await gatherPreflight(stage.client(), MAIN_BRANCH, query),
          new Date(),
          30_000,
        );
        assertMayRotate(verdict);
        let state: RotationState = firstState({
          runId: "bcdfghjk",
          tokenId: ROTATING_TOKEN.id,
          apiUrl: "https://api.planetscale.test",
          target: MAIN_BRANCH,
          old: verdict.old,
          settings: {
            sinks: ["exec:true"],
            readBack: [null],
            envNames: { username: "U", password: "P", url: null },
            onRecycle: [],
            querycops: [],
            through: [],
            quietMs: 30_000,
          },
          nowMs: stage.nowMs,
        });
        for (const each of faults) api.fail(each);
        let processes = 0;
        for (;; processes++) {
          assert.ok(processes < 60, "it never ended");
          try {
            await runRotation(stage.rotation(state));
            break;
          } catch (error) {
            assert.ok(error instanceof QuerycopError, `${error instanceof Error ? error.stack : error}`);
          }
          state = stage.saved ?? state;
        }
        ended[processes === 0 ? "atOnce" : "later"]++;
        const left = api.model.passwords.filter(({ id }) => id !== other.id);
        assert.deepEqual(left.map(({ username, plainText }) => ({ username, password: plainText })), [
          stage.held,
        ]);
        assert.ok(api.model.passwords.includes(other));
        assert.ok(api.model.deleted.includes(stage.old));
        assert.deepEqual(stage.harm, []);
        assert.equal(stage.saved?.outcome, "done");
        for (const secret of api.model.secrets) assert.ok(!JSON.stringify(stage.saved).includes(secret));
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(ended.atOnce > 0 && ended.later > 0, JSON.stringify(ended));
});
