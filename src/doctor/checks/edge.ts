import { isPlanetScale } from "../../config/mod.ts";
import { type CheckContext, notApplicable, type Outcome, type TargetCheck } from "../check.ts";
import { request, requestFailure } from "../https.ts";
import type { Target } from "../notes.ts";

export const edgeCheck: TargetCheck = {
  id: "edge",
  title: "for *.psdb.cloud, which region of PlanetScale's edge serves this machine",
  per: "target",
  needs: ["dns"],
  limitMs: 4000,
  run: checkEdge,
};

async function checkEdge(
  { input, notes, target, signal }: CheckContext & { readonly target: Target },
): Promise<Outcome> {
  if (!isPlanetScale(target.host)) return notApplicable("for *.psdb.cloud alone");
  try {
    const response = await request(input, notes, { url: input.edgeUrl(target.host), method: "HEAD", signal });
    const server = response.headers.get("server") ?? "";
    const region = /^gateway\/([^/\s]+)/.exec(server)?.[1];
    return region === undefined
      ? { summary: `answers, and names no region`, facts: { server } }
      : { summary: `region ${region}`, facts: { region, server } };
  } catch (error) {
    // The edge's HTTPS side is a convenience: nothing that serve does depends on it.
    return notApplicable(`HTTPS does not answer (${requestFailure(error)}), and serve does not need it`);
  }
}
