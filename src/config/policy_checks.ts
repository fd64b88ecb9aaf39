import type { PolicyDefinition } from "../contract/policy_file.ts";
/** What the parts of a policy file say together. Looks at plain values, of which others may be wrong. */

import { cidrCovers, parseCidr } from "../base/cidr.ts";
import { wildcardCovers } from "../base/wildcard.ts";
import type { PolicyVocabulary } from "./policy_schema.ts";
import type { SourceError } from "../base/errors.ts";
import type { YamlPath, YamlSource } from "./yaml_source.ts";

/** What was found beside the shape of the file. */
export interface PolicyRemarks {
  readonly errors: readonly SourceError[];
  /** It works, and hardly as meant. */
  readonly warnings: readonly SourceError[];
}

/** A role or the file itself, as far as it is a mapping. */
type Raw = Readonly<Record<string, unknown>>;

/** Names, thresholds and selectors that contradict one another, and roles that nobody can have. */
export function checkPolicyTogether(source: YamlSource, vocabulary: PolicyVocabulary): PolicyRemarks {
  const root = isRaw(source.value) ? source.value : {};
  const roles = (Array.isArray(root["roles"]) ? root["roles"] : []).map((role) => (isRaw(role) ? role : {}));
  const remarks = new Remarks(source);
  checkNames(roles, remarks);
  checkReach(roles, remarks);
  for (
    const [path, own] of [[[], root], ...roles.map((role, index) => [["roles", index], role])] as [
      YamlPath,
      Raw,
    ][]
  ) {
    const common = own === root ? {} : root;
    checkThresholds(path, own, common, remarks);
    checkSelectors(path, own, common, vocabulary, remarks);
    checkDormant(path, own, root, vocabulary, remarks);
  }
  return remarks;
}

class Remarks {
  readonly errors: SourceError[] = [];
  readonly warnings: SourceError[] = [];
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  error(path: YamlPath, detail: string, hint: string): void {
    this.errors.push(this.#source.error(path, detail, hint));
  }

  warn(path: YamlPath, detail: string, hint: string): void {
    this.warnings.push(this.#source.error(path, detail, hint));
  }
}

function checkNames(roles: readonly Raw[], remarks: Remarks): void {
  const first = new Map<string, number>();
  for (const [index, role] of roles.entries()) {
    const name = role["name"];
    if (typeof name !== "string") continue;
    if (first.has(name)) {
      remarks.error(
        ["roles", index, "name"],
        `a role before it is called "${name}" too`,
        "Give each role a name of its own",
      );
    } else first.set(name, index);
    if (name !== "default") continue;
    if (role["match"] !== undefined) {
      remarks.error(
        ["roles", index, "match"],
        "the role default takes no match: it is for everyone that no other role matches",
        "Leave match out, or give the role another name",
      );
    }
    if (index < roles.length - 1) {
      remarks.warn(
        ["roles", index, "name"],
        "the role default comes last, wherever it stands",
        "Write it last",
      );
    }
  }
}

/** Warns of roles whose sessions an earlier role surely takes. */
function checkReach(roles: readonly Raw[], remarks: Remarks): void {
  for (const [index, role] of roles.entries()) {
    if (typeof role["name"] !== "string") continue;
    const before = roles.slice(0, index).find((earlier) =>
      earlier["name"] !== "default" &&
      matchCovers(earlier["match"], role["name"] === "default" ? {} : role["match"])
    );
    if (before === undefined) continue;
    remarks.warn(
      ["roles", index, "name"],
      `nobody can have the role ${role["name"]}: all it matches has the role ${
        String(before["name"])
      } before it`,
      "Put the narrower role first",
    );
  }
}

function matchCovers(outer: unknown, inner: unknown): boolean {
  const [a, b] = [outer ?? {}, inner ?? {}];
  if (!isRaw(a) || !isRaw(b)) return false;
  const each = (key: string, covers: (outer: string, inner: string) => boolean) => {
    if (a[key] === undefined) return true;
    const [outers, inners] = [strings(a[key]), b[key] === undefined ? ["*"] : strings(b[key])];
    return inners.length > 0 && inners.every((one) => outers.some((other) => covers(other, one)));
  };
  return each("users", (x, y) => wildcardCovers(x, y)) &&
    each("schemas", (x, y) => wildcardCovers(x, y, true)) &&
    each("targets", (x, y) => wildcardCovers(x, y, true)) &&
    each("workloads", (x, y) => wildcardCovers(x, y, true)) &&
    each("clients", (x, y) => {
      const [outerRange, innerRange] = [parseCidr(x), parseCidr(y)];
      return !("problem" in outerRange) && !("problem" in innerRange) && cidrCovers(outerRange, innerRange);
    });
}

const NEVER = 101;
/** Pairs of which the first must not be above the second, and what comes of it. */
const ORDER = [
  ["hold", "block", "nothing is held by its score: what reaches hold is refused already"],
  ["warn", "block", "nothing is warned of: what reaches warn is refused already"],
  ["warn", "hold", "nothing is warned of: what reaches warn is held already"],
] as const;

function checkThresholds(path: YamlPath, own: Raw, common: Raw, remarks: Remarks): void {
  const [mine, theirs] = [own["thresholds"], common["thresholds"]].map((one) => (isRaw(one) ? one : {})) as [
    Raw,
    Raw,
  ];
  for (const [low, high, outcome] of ORDER) {
    const written = [mine[low], mine[high]].filter((value) => value !== undefined).length;
    const [a, b] = [mine[low] ?? theirs[low], mine[high] ?? theirs[high]];
    if (written === 0 || typeof a !== "number" || typeof b !== "number") continue;
    if (a <= b || a === NEVER) continue;
    const at = [...path, "thresholds", mine[low] === undefined ? high : low];
    const detail = `${low} ${a} is above ${high} ${b}: ${outcome}`;
    const hint = `Write ${low} at or below ${high}, or ${low}: 101 for never`;
    if (written === 2) remarks.error(at, detail, hint);
    // That a role is stricter than the file's own warn is no mistake.
    else if (low === "hold") remarks.warn(at, detail, hint);
  }
}

/** Pairs of lists, of which the first wins over the second. */
const WINNERS = [["deny", "allow"], ["deny", "hold"], ["allow", "hold"]] as const;
const VERBS = { deny: "denied", allow: "allowed", hold: "held" } as const;

function checkSelectors(
  path: YamlPath,
  own: Raw,
  common: Raw,
  vocabulary: PolicyVocabulary,
  remarks: Remarks,
): void {
  const listed = (from: Raw, key: string) =>
    strings(from[key]).map((word, index) => ({ word, index, mine: from === own }))
      .filter(({ word }) => vocabulary.isSelector(word));
  for (const [winner, loser] of WINNERS) {
    for (const { word, index, mine } of [...listed(common, loser), ...listed(own, loser)]) {
      const over = [...listed(common, winner), ...listed(own, winner)]
        .find((candidate) => (mine || candidate.mine) && vocabulary.covers(candidate.word, word));
      if (over === undefined) continue;
      const both = mine && over.mine;
      const at = mine ? [...path, loser, index] : [...path, winner, over.index];
      if (both && vocabulary.covers(word, over.word)) {
        remarks.error(
          at,
          `"${word}" is both ${VERBS[winner]} and ${VERBS[loser]}`,
          `Remove it from ${loser} or from ${winner}`,
        );
      } else {
        remarks.warn(
          at,
          `"${word}" under ${loser} has no effect here: "${over.word}" is ${VERBS[winner]}`,
          `${winner} wins over ${loser}`,
        );
      }
    }
  }
}

/** Warns of words that never match, because their rules do not run. */
function checkDormant(
  path: YamlPath,
  own: Raw,
  root: Raw,
  vocabulary: PolicyVocabulary,
  remarks: Remarks,
): void {
  const risk = root["risk"];
  for (const key of ["deny", "hold", "allow"]) {
    for (const [index, word] of strings(own[key]).entries()) {
      const why = vocabulary.dormant(word, knownRisk(risk, vocabulary));
      if (why !== undefined) {
        remarks.warn(
          [...path, key, index],
          `"${word}" has no effect: it ${why}`,
          "Remove it, or change risk",
        );
      }
    }
  }
}

/** The settings that decide which rules run, as far as they are right. */
function knownRisk(risk: unknown, vocabulary: PolicyVocabulary): PolicyDefinition["risk"] {
  if (!isRaw(risk)) return {};
  const words = (key: string) => strings(risk[key]).filter((word) => vocabulary.isRule(word));
  const target = (["mysql", "vitess", "planetscale"] as const).find((name) => name === risk["target"]);
  return {
    ...(target === undefined ? {} : { target }),
    ...(risk["rules"] === undefined ? {} : { rules: words("rules") }),
    ignore: words("ignore"),
    enable: words("enable"),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
