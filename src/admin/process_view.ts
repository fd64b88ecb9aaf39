/** One session as the API shows it. */
export interface SessionInfo {
  readonly id: string;
  /** Empty before the login has named one. */
  readonly user: string;
  readonly schema: string;
  /** `address:port`. */
  readonly client: string;
  readonly state: string;
  readonly clientTls: TlsState;
  readonly backendTls: TlsState;
  readonly bytesFromClient: number;
  readonly bytesFromBackend: number;
  readonly statements: number;
  readonly refused: number;
  /** Whole seconds since the client was accepted. */
  readonly ageSeconds: number;
}

/** TLS of one leg; `version` is `unknown` where the stack does not tell. */
export type TlsState = { readonly version: string; readonly cipher: string | undefined } | null;

/** What the proxy has counted since its start, by the names that metrics give it. */
export interface ProcessCounts {
  readonly accepted: number;
  readonly loggedIn: number;
  readonly refusedByLimit: number;
  readonly statements: number;
  readonly refused: number;
  readonly bytesFromClients: number;
  readonly bytesFromBackend: number;
  /** Ended sessions by cause. */
  readonly ended: Readonly<Record<string, number>>;
}

/** All of a process that the API can show. */
export interface ProcessSnapshot {
  readonly sessions: readonly SessionInfo[];
  readonly counts: ProcessCounts;
  /** The longest that the event loop was held up in the last seconds, in ms. */
  readonly eventLoopLagMs: number;
}

/** A serving process, or several, as the API reaches them. */
export interface ProcessView {
  snapshot(): Promise<ProcessSnapshot>;
  /** Ends a session; `false` where none has this id. */
  endSession(id: string): Promise<boolean>;
  /** Starts to drain, as SIGTERM does. */
  drain(): void;
}

/** Several processes as one: sessions side by side, counts added up, the worst lag. */
export function mergeSnapshots(snapshots: readonly ProcessSnapshot[]): ProcessSnapshot {
  const sum = (of: (counts: ProcessCounts) => number) =>
    snapshots.reduce((total, { counts }) => total + of(counts), 0);
  const ended: Record<string, number> = {};
  for (const { counts } of snapshots) {
    for (const [cause, count] of Object.entries(counts.ended)) ended[cause] = (ended[cause] ?? 0) + count;
  }
  return {
    sessions: snapshots.flatMap(({ sessions }) => sessions),
    counts: {
      accepted: sum((counts) => counts.accepted),
      loggedIn: sum((counts) => counts.loggedIn),
      refusedByLimit: sum((counts) => counts.refusedByLimit),
      statements: sum((counts) => counts.statements),
      refused: sum((counts) => counts.refused),
      bytesFromClients: sum((counts) => counts.bytesFromClients),
      bytesFromBackend: sum((counts) => counts.bytesFromBackend),
      ended,
    },
    eventLoopLagMs: Math.max(0, ...snapshots.map(({ eventLoopLagMs }) => eventLoopLagMs)),
  };
}
