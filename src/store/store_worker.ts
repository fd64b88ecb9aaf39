import { runStoreThread } from "./store_thread.ts";

runStoreThread();
