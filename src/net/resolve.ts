import { lookup } from "node:dns/promises";
import type { IpFamily } from "./address.ts";
import { AddressBook } from "./address_book.ts";
import { asciiHost } from "./x509/mod.ts";

const book = new AddressBook({
  resolve: async (name, family) => {
    const answers = await lookup(name, { family, all: true });
    return answers.filter((answer) => answer.family === family).map((answer) => answer.address);
  },
});

/**
 * The addresses of a name in one family, as the system resolves names (getaddrinfo: hosts file, search domains, DNS),
 * remembered for a moment. Each look-up holds one of the runtime's few blocking threads for as long as it takes. Rejects
 * with `ENOTFOUND` where there are none.
 */
export function resolveHost(host: string, family: IpFamily): Promise<readonly string[]> {
  return book.lookUp(host.endsWith(".") ? host : asciiHost(host) ?? host, family);
}
