/**
 * Random walks of `querycop rotate` while somebody meddles with its sinks, clocks, API and saved state at every step, and
 * kills it: `deno task walk [runs [first seed]]`, ten thousand by default. Each walk that ends with exit code 0 although
 * the new pair is not where it should be, or that can go no way on, is printed with its seed. Exit code 1 where there is
 * one.
 */
import { walkOnce } from "../tests/support/rotation_tampering.ts";

const [runs = 10_000, first = 1] = Deno.args.map(Number);
if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(first) || runs < 1) {
  console.error("error: Usage: deno task walk [RUNS [FIRST_SEED]]");
  Deno.exit(2);
}
const started = performance.now();
let [done, stopped, wrong, meddled] = [0, 0, 0, 0];
for (let seed = first; seed < first + runs; seed++) {
  const end = await walkOnce(seed);
  meddled += end.meddled.length;
  if (end.processes.at(-1) === "done") done++;
  else stopped++;
  if (end.wrong.length === 0) continue;
  wrong++;
  console.log(`seed ${seed}: ${end.wrong.join("; ")}`);
  console.log(`  processes: ${end.processes.join(", ")}`);
  console.log(`  meddled: ${end.meddled.join("; ")}`);
}
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${runs} walks in ${seconds} s: ${meddled} times meddled with, ${done} done, ${stopped} taken back, ${wrong} wrong`,
);
Deno.exit(wrong === 0 ? 0 : 1);
