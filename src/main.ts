import { runProcess } from "./cli/mod.ts";
import { isStoreThread } from "./store/is_store_thread.ts";

if (isStoreThread()) (await import("./store/store_thread.ts")).runStoreThread();
else if (import.meta.main) await runProcess();
