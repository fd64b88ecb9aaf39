import type { Policy } from "../risk/policy/policy.ts";
import { levelOf } from "../risk/score.ts";
import { TextJudge } from "../risk/text_judge.ts";
import { SessionSettings } from "../sql/session_settings.ts";
import type { ScoreAnswer, ScoreRequest } from "./gate.ts";

const ACTIONS = ["allow", "warn", "hold", "refuse"] as const;

/** What a policy says of a text that nobody runs: judged anew, with messages and places of this very text. */
export function score(request: ScoreRequest, policy: Policy, serverVersion: string): ScoreAnswer {
  const version = request.serverVersion ?? serverVersion;
  const schema = request.schema ?? "";
  const settings = new SessionSettings({ serverVersion: version, collation: 45, ignoreSpace: false });
  if (request.sqlMode !== undefined) settings.applyVariable("sql_mode", request.sqlMode);
  const judge = new TextJudge(policy.riskOptions(version), 2);
  const role = policy.roleFor({ user: request.user ?? "", schema, client: request.client ?? "127.0.0.1" });
  const verdict = judge.judgeExactly(new TextEncoder().encode(request.sql), settings.options);
  let action: ScoreAnswer["action"] = "allow";
  let reason = "";
  let worst = 0;
  const statements = verdict.statements.map((judged) => {
    const decision = role.decide(judged, schema, undefined);
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
  return { score: worst, level: levelOf(worst), action, role: role.name, reason, statements };
}
