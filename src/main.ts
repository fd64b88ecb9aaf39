import { run } from "./cli/mod.ts";

if (import.meta.main) Deno.exitCode = await run(Deno.args);
