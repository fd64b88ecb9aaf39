import { lookup } from "node:dns/promises";
import type { IpFamily } from "./address.ts";
import { asciiHost } from "./x509/mod.ts";

/**
 * The addresses of a name in one family, as the system resolves names (getaddrinfo: hosts file, search domains,
 * DNS). Rejects with `ENOTFOUND` where there are none.
 */
export async function resolveHost(host: string, family: IpFamily): Promise<readonly string[]> {
  const name = host.endsWith(".") ? host : asciiHost(host) ?? host;
  const answers = await lookup(name, { family, all: true });
  return answers.filter((answer) => answer.family === family).map((answer) => answer.address);
}
