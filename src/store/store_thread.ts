import type { DatabaseOptions } from "./store_database.ts";
import { StoreError, type StoreReason } from "./store_error.ts";
import { type StoreMethod, type StoreNews, StoreService } from "./store_service.ts";

/** What the thread is told. `open` comes first, once. */
export type ToThread =
  | { readonly open: DatabaseOptions }
  | { readonly id: number; readonly method: StoreMethod; readonly args: readonly unknown[] }
  | { readonly close: true };

/** What the thread tells. `ready` comes first: nothing that is sent before it arrives. */
export type FromThread =
  | "ready"
  | "closed"
  | { readonly opened: true | ThreadFailure }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: ThreadFailure }
  | StoreNews;

/** A StoreError as it crosses threads. */
export interface ThreadFailure {
  readonly reason: StoreReason;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The thread's side: answers until it is told to close. */
export function runStoreThread(): void {
  const scope = globalThis as unknown as {
    onmessage: (event: { readonly data: ToThread }) => void;
    postMessage(message: FromThread): void;
  };
  let service: StoreService | undefined;
  const answer = (message: ToThread): void => {
    if ("open" in message) {
      service = new StoreService(message.open, (news) => scope.postMessage(news));
      scope.postMessage({ opened: attempt(() => service?.open()) ?? true });
    } else if ("close" in message) {
      const failure = attempt(() => service?.close());
      if (failure !== undefined) scope.postMessage({ news: "state", problem: failure.message });
      scope.postMessage("closed");
    } else {
      const { id, method, args } = message;
      let result: unknown;
      const failure = attempt(() => result = service?.call(method, args));
      scope.postMessage(failure === undefined ? { id, result } : { id, failure });
    }
  };
  scope.onmessage = ({ data }) => answer(data);
  scope.postMessage("ready");
}

/** Any other error than StoreError is a mistake of ours, which ends the thread and starts another. */
function attempt(action: () => unknown): ThreadFailure | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { reason: error.reason, message: error.message, hint: error.hint };
  }
}
