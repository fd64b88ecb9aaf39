import { isPlanetScale } from "../../config/mod.ts";
import { judgeDates } from "../../net/x509/mod.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type RunCheck,
} from "../check.ts";
import { request } from "../https.ts";
import { type RemoteTime, SERVER_CLOCK } from "../notes.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Certificates are renewed days ahead; a clock this far off is felt in logs and tokens first. */
const TOLERATED_MS = MINUTE_MS / 2;

export const clockCheck: RunCheck = {
  id: "clock",
  title: "local time against the certificate's dates, the server's clock and the control plane's Date header",
  per: "run",
  needs: [],
  after: ["tls", "edge", "login"],
  limitMs: 12_000,
  run: checkClock,
};

async function checkClock(context: CheckContext): Promise<Outcome> {
  const { input, notes, signal } = context;
  const controlPlane = input.serviceToken.secret !== undefined ||
    input.targets.some(({ host }) => isPlanetScale(host));
  if (notes.times.length === 0 && controlPlane) {
    // Any answer has the date; without one the certificates have to do.
    await request(input, notes, { url: new URL("/v1/regions", input.apiUrl).href, method: "HEAD", signal })
      .catch(() => {});
  }
  const now = input.clock.now();
  const facts = {
    local: new Date(now).toISOString(),
    others: notes.times.map(({ from, aheadMs }) => ({ from, ahead_seconds: Math.round(aheadMs / 1000) })),
  };
  const server = notes.times.find(({ from }) => from === SERVER_CLOCK);
  const [nearest] = [...notes.times].sort((a, b) => Math.abs(a.aheadMs) - Math.abs(b.aheadMs));
  if (nearest !== undefined) {
    const outcome = byOtherClock(nearest);
    if (server === undefined || nearest === server || Math.abs(server.aheadMs) <= TOLERATED_MS) {
      return { ...outcome, facts };
    }
    return { ...outcome, findings: [...outcome.findings ?? [], serverOff(server, nearest)], facts };
  }
  return { ...byCertificates(context, now), facts };
}

function byOtherClock({ from, aheadMs }: RemoteTime): Outcome {
  const off = Math.abs(aheadMs);
  if (off <= TOLERATED_MS) return { summary: `within ${Math.max(1, Math.ceil(off / 1000))} s of ${from}` };
  const message = `this machine's clock is ${distance(off)} ${aheadMs < 0 ? "ahead of" : "behind"} ${from}`;
  const fix = "Set the clock, and let it follow a time server: timedatectl set-ntp true";
  const finding: Finding = off > DAY_MS
    ? failure("clock.wrong", message, fix)
    : caution("clock.off", message, fix);
  return { summary: message, findings: [finding] };
}

/** Another clock agrees with ours: it is the server's that is off. */
function serverOff({ aheadMs }: RemoteTime, nearest: RemoteTime): Finding {
  const side = aheadMs < 0 ? "behind" : "ahead of";
  return caution(
    "clock.server_off",
    `the server's clock is ${
      distance(Math.abs(aheadMs))
    } ${side} this machine's, which agrees with ${nearest.from}`,
    "Have the server's clock set: NOW() and certificates there go by it",
  );
}

/** Without another clock, dates of certificates tell only of a clock that is far off. */
function byCertificates({ notes }: CheckContext, now: number): Outcome {
  const chain = notes.targets.flatMap(([, { chain }]) => chain ?? []);
  if (chain.length === 0) return notApplicable("nothing to compare it with");
  const early = chain.map((certificate) => judgeDates(certificate, now)).filter((date) =>
    date?.code === "not_yet_valid"
  );
  if (early.length > 0) {
    const message =
      `by this machine's clock ${early.length} of ${chain.length} certificates are not valid yet: it may be behind`;
    const fix = "Compare with another clock; set it with timedatectl set-ntp true";
    return { summary: message, findings: [caution("clock.behind", message, fix)] };
  }
  const late = chain.filter((certificate) => judgeDates(certificate, now) !== undefined).length;
  if (late > 0 && late === chain.length) {
    const message = `by this machine's clock every certificate of the chain has expired: it may be ahead`;
    const fix = "Compare with another clock; set it with timedatectl set-ntp true";
    return { summary: message, findings: [caution("clock.ahead", message, fix)] };
  }
  return {
    summary: late === 0
      ? "within the dates of the server's certificates"
      : `no other clock to compare it with; ${late} of ${chain.length} certificates expired by it`,
  };
}

function distance(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`;
  if (ms >= 120 * MINUTE_MS) return `${Math.round(ms / (60 * MINUTE_MS))} hours`;
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / 1000)} seconds`;
  return `${Math.round(ms / MINUTE_MS)} minutes`;
}
