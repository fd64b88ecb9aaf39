import { runProcess } from "./cli/mod.ts";

if (import.meta.main) await runProcess();
