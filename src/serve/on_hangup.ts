/** Calls back on SIGHUP, where the system has it, until the returned function is called. */
export function onHangup(callback: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGHUP", callback);
  return () => Deno.removeSignalListener("SIGHUP", callback);
}
