/** By this name the program's entry knows that it runs as the store's thread. */
export const STORE_THREAD = "querycop-store";

/** Whether this is the thread that {@link STORE_THREAD} was started for. A program's first thread has no name. */
export function isStoreThread(): boolean {
  return "WorkerGlobalScope" in globalThis &&
    (globalThis as { readonly name?: unknown }).name === STORE_THREAD;
}
