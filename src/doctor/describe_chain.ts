import type { ChainJudgement } from "../net/x509/mod.ts";

const DAY_MS = 86_400_000;

/** One line a certificate, from the server's own upwards. */
export function describeChain(judgement: ChainJudgement, nowMs: number): readonly string[] {
  const lines = judgement.links.map(({ certificate, from }, index) => {
    const until = new Date(certificate.notAfterMs).toISOString().slice(0, 10);
    const days = Math.floor((certificate.notAfterMs - nowMs) / DAY_MS);
    const state = days < 0 ? "expired" : "until";
    const where = from === "ca-file" ? ", CA file" : "";
    return `${index}  ${certificate.subject.short}  ${certificate.publicKey.text}, ${state} ${until}${where}`;
  });
  const { unused } = judgement;
  if (unused.length > 0) {
    lines.push(`sent and not needed: ${unused.map(({ subject }) => subject.short).join(", ")}`);
  }
  return lines;
}

/** The certificate of the chain that ends first, the CA file's own left out; `undefined` without a chain. */
export function daysLeft(
  judgement: ChainJudgement,
  nowMs: number,
): { readonly days: number; readonly position: number; readonly name: string } | undefined {
  const sent = judgement.links.filter(({ from }) => from === "server");
  if (sent.length === 0) return undefined;
  const first = Math.min(...sent.map(({ certificate }) => certificate.notAfterMs));
  const position = sent.findIndex(({ certificate }) => certificate.notAfterMs === first);
  return {
    days: Math.floor((first - nowMs) / DAY_MS),
    position,
    name: sent[position]?.certificate.subject.short ?? "",
  };
}
