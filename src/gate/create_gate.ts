import type { Gate } from "./gate.ts";
import type { GateOptions } from "./gate_options.ts";
import { ProcessGate } from "./process_gate.ts";

/** The gate of this process. */
export function createGate(options: GateOptions): Gate {
  return new ProcessGate(options);
}
