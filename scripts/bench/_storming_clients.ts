/**
 * For SECONDS, with CLIENTS clients: connect to PORT, log in, ask, leave; with SECONDS=0 all of them once, leaving at
 * the same time when a line comes. Prints how often it was done, how often it failed, and the last reason.
 */
import { WireClient } from "../../tests/support/wire_client.ts";

const { PORT, SECONDS, CLIENTS, DB_USER, MYSQL_PWD } = Deno.env.toObject();
const login = { port: Number(PORT), user: DB_USER ?? "", password: MYSQL_PWD ?? "" };
const seconds = Number(SECONDS);
let done = 0;
let failed = 0;
let reason = "";

if (seconds > 0) {
  const end = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: Number(CLIENTS) }, async () => {
    while (performance.now() < end) {
      try {
        using client = await WireClient.login(login);
        await client.query("select 1");
        done++;
      } catch (error) {
        failed++;
        reason = String(error);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }));
} else {
  const clients: WireClient[] = [];
  const waiting = Array.from({ length: Number(CLIENTS) }).keys();
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (const _ of waiting) clients.push(await WireClient.login(login));
  }));
  done = clients.length;
  console.log("connected");
  await Deno.stdin.read(new Uint8Array(1));
  for (const client of clients) client[Symbol.dispose]();
}
console.log(JSON.stringify({ done, failed, reason }));
