import type { Policy } from "../risk/policy/policy.ts";
import { levelOf } from "../risk/score.ts";
import { TextJudge } from "../risk/text_judge.ts";
import { SessionSettings } from "../sql/session_settings.ts";
import type { ScoreAnswer, ScoreRequest } from "./gate.ts";
import { TextReading } from "./text_reading.ts";

const ACTIONS = ["allow", "warn", "hold", "refuse"] as const;
/** utf8mb4, as clients of today log in. */
const COLLATION = 45;
/** Shapes that a judge of one text keeps. */
const FEW_SHAPES = 64;

/** What a policy says of a text that nobody runs, read as the first of a session. */
export function score(request: ScoreRequest, policy: Policy, lastVersion: string): ScoreAnswer {
  const serverVersion = request.serverVersion ?? lastVersion;
  const settings = new SessionSettings({ serverVersion, collation: COLLATION, ignoreSpace: false });
  if (request.sqlMode !== undefined) settings.applyVariable("sql_mode", request.sqlMode);
  // A judge of its own: what was judged before may have other places and counts in its messages.
  const reading = new TextReading(new TextJudge(policy.riskOptions(serverVersion), FEW_SHAPES), 0, false);
  const subject = {
    user: request.user ?? "",
    schema: request.schema ?? "",
    client: request.client ?? "127.0.0.1",
  };
  reading.read(new TextEncoder().encode(request.sql), settings, subject.schema);
  let action: ScoreAnswer["action"] = "allow";
  let reason = "";
  let worst = 0;
  const statements = reading.parts.filter(({ alternative }) => !alternative).map(({ judged, schema }) => {
    const decision = policy.roleFor({ ...subject, schema }).decide(judged, schema, undefined);
    if (ACTIONS.indexOf(decision.action) > ACTIONS.indexOf(action)) ({ action, reason } = decision);
    worst = Math.max(worst, decision.score);
    return {
      kind: judged.kind,
      score: decision.score,
      level: levelOf(decision.score),
      action: decision.action,
      digest: judged.digest,
      normalised: judged.shape.normalised,
      findings: decision.findings.map(({ rule, score, message }) => ({
        code: rule.code,
        name: rule.name,
        score,
        message,
        fix: rule.fix,
      })),
    };
  });
  const role = policy.roleFor(subject).name;
  return { score: worst, level: levelOf(worst), action, role, reason, statements };
}
