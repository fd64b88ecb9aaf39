/** The admin API over a process and a store that live in memory, for tests of what it answers. */
import type { Approval, HeldText, Resolution } from "../../src/contract/approval.ts";
import type { AuditEvent, AuditRecord } from "../../src/contract/audit.ts";
import type { Digest, DigestRow } from "../../src/contract/digest.ts";
import type { LiveEvent } from "../../src/contract/live_event.ts";
import type { Overrides } from "../../src/contract/override.ts";
import type { PolicyReload, PolicyView } from "../../src/contract/policy.ts";
import type { ScoreAnswer } from "../../src/contract/score.ts";
import type { SessionRow } from "../../src/contract/session.ts";
import assert from "node:assert/strict";
import { answer, type AnswerContext } from "../../src/admin/answer.ts";
import { mergeSnapshots } from "../../src/admin/merge_snapshots.ts";
import { openApiDocument } from "../../src/admin/openapi.ts";
import type { ProcessSnapshot, ProcessView } from "../../src/admin/process_view.ts";
import { findRoute, ROUTES } from "../../src/admin/routes.ts";
import { answerContext } from "../../src/admin/server.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import type { Store } from "../../src/store/store.ts";
import { schemaErrors } from "./json_schema.ts";

export const KEY = "0123456789abcdef0123456789abcdef";
export const DIGEST = "ab".repeat(32) as Digest;

/** A statement that waits for an approver. */
export function heldStatement(id: string, more: Partial<Approval> = {}): Approval {
  return {
    id,
    state: "pending",
    session: "01S",
    user: "app",
    schema: "shop",
    client: "127.0.0.1",
    role: "default",
    score: 95,
    level: "critical",
    digest: DIGEST,
    sql: "DELETE FROM `t`",
    findings: [{ code: "D001", name: "delete-without-where", score: 95 }],
    statement_count: 1,
    statements: [{
      kind: "delete",
      action: "hold",
      score: 95,
      level: "critical",
      digest: DIGEST,
      schema: "shop",
      tables: ["shop.t"],
      sql: "DELETE FROM `t`",
      findings: [{ code: "D001", name: "delete-without-where", score: 95, message: "m", fix: "f" }],
    }],
    reason: "score 95 is at or above hold 90",
    created_at: 1_700_000_000_000,
    until: 1_700_000_300_000,
    ...more,
  };
}

/** A process that does nothing by itself, and notes what it is told. */
export class MemoryProcess implements ProcessView {
  readonly calls: string[] = [];
  current: ProcessSnapshot = {
    ...mergeSnapshots([]),
    policySource: "built-in",
    sessions: { command: 1 },
  };
  sessionList: SessionRow[] = [];
  waiting: Approval[] = [];
  readonly heldTexts = new Map<string, HeldText>();
  overrides: Overrides | undefined;
  reload: PolicyReload = { ok: true, source: "policy.yaml", roles: ["reporting", "default"] };
  policyView: PolicyView = {
    source: "built-in",
    mode: "enforce",
    roles: [{ name: "default", thresholds: { warn: 70, hold: 101, block: 90 } }],
    shadow: null,
    sha256: null,
    loaded_at: 1_700_000_000_000,
    shadow_differs: {},
  };
  readonly listeners = new Set<(event: LiveEvent) => void>();
  /** How a hold ended, to be put into the store by the test's wiring. */
  onResolved: (row: Approval) => void = () => {};

  snapshot(): Promise<ProcessSnapshot> {
    this.calls.push("snapshot");
    return Promise.resolve(this.current);
  }
  sessions(): Promise<readonly SessionRow[]> {
    return Promise.resolve(this.sessionList);
  }
  held(): Promise<readonly Approval[]> {
    return Promise.resolve(this.waiting);
  }
  heldText(id: string): Promise<HeldText | undefined> {
    const waits = this.waiting.some((each) => each.id === id);
    return Promise.resolve(waits ? this.heldTexts.get(id) : undefined);
  }
  endSession(id: string): Promise<boolean> {
    this.calls.push(`end ${id}`);
    return Promise.resolve(this.sessionList.some((session) => session.id === id));
  }
  resolveHold(id: string, { decision, by, reason }: Resolution): Promise<Approval | undefined> {
    const row = this.waiting.find((each) => each.id === id);
    if (row === undefined) return Promise.resolve(undefined);
    this.waiting = this.waiting.filter((each) => each !== row);
    const ended: Approval = {
      ...row,
      state: decision === "approve" ? "approved" : "rejected",
      decided_at: row.created_at + 1000,
      decided_by: by,
      decision_reason: reason,
    };
    this.onResolved(ended);
    this.tell({ type: "approval", approval: ended });
    return Promise.resolve(ended);
  }
  setOverrides(overrides: Overrides): Promise<void> {
    this.overrides = overrides;
    return Promise.resolve();
  }
  policy(): Promise<PolicyView> {
    return Promise.resolve(this.policyView);
  }
  reloadPolicy(): Promise<PolicyReload> {
    return Promise.resolve(this.reload);
  }
  score(): Promise<ScoreAnswer> {
    return Promise.resolve({
      omitted: 0,
      score: 95,
      level: "critical",
      action: "refuse",
      role: "default",
      reason: "score 95 is at or above block 90",
      statements: [{
        kind: "delete",
        score: 95,
        level: "critical",
        action: "refuse",
        digest: DIGEST,
        normalized: "DELETE FROM `t`",
        findings: [{ code: "D001", name: "delete-without-where", score: 95, message: "m", fix: "f" }],
      }],
    });
  }
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.calls.push("subscribe");
    this.listeners.add(listener);
    return () => {
      this.calls.push("unsubscribe");
      this.listeners.delete(listener);
    };
  }
  drain(): void {
    this.calls.push("drain");
  }
  tell(event: LiveEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

/** A store that forgets all with the test. */
export class MemoryStore implements Store {
  readonly records: AuditRecord[] = [];
  readonly rows: Approval[] = [];
  digestRows: DigestRow[] = [];
  #overrides: Overrides = { blocks: [], break_glass: [], approved: [], learned: {} };

  state() {
    return { healthy: true, problem: undefined, restarts: 0, evicted: 0 };
  }
  put(event: AuditEvent): void {
    this.records.push({
      ...event,
      seq: this.records.length + 1,
      previous: "0".repeat(64),
      hash: "1".repeat(64),
    });
  }
  audit({ types, actions, user, digest, beforeSeq = Infinity, limit }: Parameters<Store["audit"]>[0]) {
    const found = this.records.toReversed().filter((record) =>
      (types === undefined || types.includes(record.type)) &&
      (actions === undefined || actions.includes(record.action)) &&
      (user === undefined || record.user === user) &&
      (digest === undefined || record.digest === digest) &&
      record.seq < beforeSeq
    );
    return Promise.resolve(found.slice(0, limit));
  }
  addDigests(): Promise<void> {
    return Promise.resolve();
  }
  digests({ limit }: { readonly limit: number }) {
    return Promise.resolve(this.digestRows.slice(0, limit));
  }
  overrides(): Promise<Overrides> {
    return Promise.resolve(this.#overrides);
  }
  onOverrides(): void {}
  putBlock(block: Overrides["blocks"][number]): Promise<void> {
    return this.#set({ blocks: [...this.#overrides.blocks, block] });
  }
  removeBlock(id: string): Promise<boolean> {
    return this.#remove("blocks", id);
  }
  putBreakGlass(entry: Overrides["break_glass"][number]): Promise<void> {
    return this.#set({ break_glass: [...this.#overrides.break_glass, entry] });
  }
  removeBreakGlass(id: string): Promise<boolean> {
    return this.#remove("break_glass", id);
  }
  putApprovedDigest(entry: Overrides["approved"][number]): Promise<void> {
    return this.#set({ approved: [...this.#overrides.approved, entry] });
  }
  removeApprovedDigest(id: string): Promise<boolean> {
    return this.#remove("approved", id);
  }
  learn(): Promise<number> {
    return Promise.resolve(0);
  }
  forget(): Promise<number> {
    return Promise.resolve(0);
  }
  approvals({ states, limit }: { readonly states?: readonly string[]; readonly limit: number }) {
    const found = this.rows.filter(({ state }) => states === undefined || states.includes(state));
    return Promise.resolve(found.slice(0, limit));
  }
  approval(id: string): Promise<Approval | undefined> {
    return Promise.resolve(this.rows.find((row) => row.id === id));
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  #set(part: Partial<Overrides>): Promise<void> {
    this.#overrides = { ...this.#overrides, ...part };
    return Promise.resolve();
  }
  #remove(part: "blocks" | "break_glass" | "approved", id: string): Promise<boolean> {
    const list: readonly { readonly id: string }[] = this.#overrides[part];
    this.#overrides = { ...this.#overrides, [part]: list.filter((each) => each.id !== id) };
    return Promise.resolve(list.some((each) => each.id === id));
  }
}

/** What one request came to. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly address?: string;
  /** Leaves the key out. */
  readonly anonymous?: boolean;
}

/** The API with what it stands on. Every answer is held against the OpenAPI document. */
export class MemoryAdmin {
  readonly process = new MemoryProcess();
  readonly store = new MemoryStore();
  readonly log: string[] = [];
  readonly context: AnswerContext;
  auditWorks = true;
  clockMs = 1_700_000_000_000;
  #ids = 0;
  #seconds = new Set<() => void>();

  /** `key` is empty for an API that has none. */
  constructor(key = KEY, more: Partial<AnswerContext> = {}) {
    this.process.onResolved = (row) => void this.store.rows.push(row);
    const made = answerContext({
      key: key === "" ? undefined : new Secret(key),
      version: "1.2.3",
      mode: "enforce",
      pooler: "vitess",
      view: this.process,
      store: this.store,
      record: (event) => {
        if (this.auditWorks) this.store.put(event);
        return this.auditWorks;
      },
      refuseUnaudited: false,
      newId: () => `01N${++this.#ids}`,
      ready: () => Promise.resolve({ ready: true, detail: "9.7.0" }),
      webhook: () => ({ delivered: 2 }),
      logger: createLogger({ level: "debug", format: "json", write: (line) => void this.log.push(line) }),
    }, {
      now: () => this.clockMs,
      monotonic: () => this.clockMs,
      everySecond: (callback) => {
        this.#seconds.add(callback);
        return () => this.#seconds.delete(callback);
      },
    });
    this.context = { ...made, ...more };
  }

  /** Lets time go by; whole seconds tick as they come. */
  async pass(ms: number): Promise<void> {
    if (this.#seconds.size === 0) {
      this.clockMs += ms;
      return;
    }
    for (let left = ms; left > 0; left -= 1000) {
      this.clockMs += Math.min(left, 1000);
      if (left >= 1000) {
        for (const tick of this.#seconds) tick();
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
  }

  /** The answer as it is, for streams. */
  send(method: string, path: string, asking: Asking = {}): Promise<Response> {
    const { headers = {}, body, address = "127.0.0.1", anonymous = false } = asking;
    const request = new Request(`http://localhost:8080${path}`, {
      method,
      headers: {
        host: "localhost:8080",
        ...(anonymous ? {} : { authorization: `Bearer ${KEY}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer(request, address, this.context);
  }

  async ask(method: string, path: string, asking: Asking = {}): Promise<Answered> {
    return await read(method, path, await this.send(method, path, asking));
  }
}

/** Reads an answer and holds it against the OpenAPI document. */
export async function read(method: string, path: string, response: Response): Promise<Answered> {
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json" && method !== "HEAD";
  const json = isJson ? JSON.parse(text) : undefined;
  const found = findRoute(method, path.split("?", 1)[0] ?? "");
  if ("route" in found && method !== "HEAD") checkAgainstDocument(found.route, response.status, json);
  return { status: response.status, headers: response.headers, text, json };
}

// deno-lint-ignore no-explicit-any
const DOCUMENT: any = openApiDocument(ROUTES, "1.2.3");

function checkAgainstDocument(
  { method, path }: { readonly method: string; readonly path: string },
  status: number,
  json: unknown,
): void {
  const described = DOCUMENT.paths[path][method.toLowerCase()].responses[status];
  assert.ok(described !== undefined, `${method} ${path} answers ${status}, which the document does not know`);
  const schema = described.content?.["application/json"]?.schema;
  if (schema === undefined) return;
  const errors = schemaErrors({ ...schema, components: DOCUMENT.components }, json);
  assert.deepEqual(errors, [], `${method} ${path} ${status}: ${JSON.stringify(json)}`);
}
