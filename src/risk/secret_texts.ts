/** Secrets by what they look like: keys and tokens of known shape, card numbers, credentials in comments. */

import type { Span, Statement } from "../sql/statement.ts";

/** What a text looks like. */
export interface SecretText extends Span {
  /** For a message: `an AWS access key`. */
  readonly what: string;
  readonly card: boolean;
}

// Each pattern begins with a text that is rare in SQL, so that most statements are passed over quickly. What repeats has
// a bound where it could be tried anew from many places: a text may be made to be hard.
const SHAPES: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ["a JSON web token", /\beyJ[\w-]{10,160}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})/g],
  ["a GitLab token", /\bglpat-[\w-]{20,}/g],
  ["a Slack token", /\bxox[abprs]-[A-Za-z0-9-]{10,}/g],
  ["a Stripe key", /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g],
  ["a Google API key", /\bAIza[\w-]{35}/g],
  ["a PlanetScale credential", /\bpscale_(?:pw|tkn|oauth)_[\w-]{20,}/g],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}/g],
  ["a SendGrid key", /\bSG\.[\w-]{16,}\.[\w-]{16,}/g],
  [
    "a URL with a password",
    /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@\/'"]{0,200}:[^\s@\/'"]{3,500}@[\w.-]{1,255}/gi,
  ],
];
const QUICK =
  /AKIA|ASIA|-----BEGIN|eyJ|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|k_(?:live|test)_|AIza|pscale_|npm_|SG\.|:\/\//;

/** A card number alone in quotes, by the networks' prefixes and lengths. */
const CARD =
  /(['"])((?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2}|35\d{2})[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})\1/g;
const QUICK_CARD = /['"][2-6]\d{3}[ -]?\d{4}/;

/** Bytes looked at in one step: a text of a gigabyte is never made a string as a whole. */
const WINDOW = 1 << 20;
/** More finds than this do not fit in the overlap of two windows. */
const NEAR_THE_END = 512;
const latin1 = new TextDecoder("latin1");

/** Texts within bytes `start` to `end` that look like secrets. */
export function secretTexts(bytes: Uint8Array, start: number, end: number): SecretText[] {
  const found: SecretText[] = [];
  for (let from = start; from < end; from += WINDOW) {
    // Windows overlap, so that nothing is cut in two but a key of more than four kilobytes.
    const text = latin1.decode(bytes.subarray(from, Math.min(end, from + WINDOW + 4096)));
    if (QUICK.test(text)) {
      for (const [what, pattern] of SHAPES) collect(text, pattern, from, what, false, found);
    }
    if (QUICK_CARD.test(text)) {
      for (const match of text.matchAll(CARD)) {
        const digits = (match[2] ?? "").replace(/[ -]/g, "");
        if (!passesLuhn(digits)) continue;
        const at = from + match.index;
        add(found, { start: at, end: at + match[0].length, what: "a payment card number", card: true });
      }
    }
  }
  return found;
}

function collect(
  text: string,
  pattern: RegExp,
  from: number,
  what: string,
  card: boolean,
  found: SecretText[],
): void {
  for (const match of text.matchAll(pattern)) {
    const at = from + match.index;
    add(found, { start: at, end: at + match[0].length, what, card });
  }
}

/** Windows overlap: what lies in both is found twice, the second time near the list's end. */
function add(found: SecretText[], text: SecretText): void {
  for (let index = found.length - 1; index >= 0; index--) {
    const other = found[index] as SecretText;
    if (other.start === text.start && other.what === text.what) return;
    if (index < found.length - NEAR_THE_END) break;
  }
  found.push(text);
}

/** The check digit of payment cards. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    let digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    if (index % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0 && new Set(digits).size > 1;
}

const CREDENTIAL =
  /\b(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|token)\s*[:=]\s*(["'`]?)([^\s"'`,;]{4,})\1/gi;
/** What stands where a credential would, and is none. */
const NO_CREDENTIAL =
  /^(x{3,}|\*+|\.{3,}|<.*>?|\$\{?.*|\{\{.*|%\w+%?|:\w+|\?+|null|none|true|false|required|optional|string|text|varchar.*|char\(.*|changeme|redacted|hidden|your\w*|example\w*)$/i;

/** Values in a statement's comments that follow a word such as `password:`. */
export function commentSecrets(statement: Statement): Span[] {
  const spans: Span[] = [];
  for (const comment of statement.comments) {
    if (comment.kind === "executable" || comment.kind === "hint") continue;
    const text = latin1.decode(
      statement.bytes.subarray(comment.start, Math.min(comment.end, comment.start + 8192)),
    );
    for (const match of text.matchAll(CREDENTIAL)) {
      const value = (match[2] ?? "").replace(/[.)\]}]+$/, "");
      // Without quotes or a digit it is most likely the next word of a sentence.
      if (NO_CREDENTIAL.test(value) || (match[1] === "" && !/\d/.test(value))) continue;
      const at = comment.start + match.index + match[0].lastIndexOf(value);
      spans.push({ start: at, end: at + value.length });
    }
    for (const { start, end } of secretTexts(statement.bytes, comment.start, comment.end)) {
      spans.push({ start, end });
    }
  }
  return spans;
}
