/** What a script's statements leave to be said of the file: directives, templates, commands for the client, odd bytes. */

import { ALL_RULES } from "../risk/registry.ts";
import { isChosen } from "../risk/rule_set.ts";
import type { RiskOptions } from "../risk/options.ts";
import type { DraftFinding } from "./collector.ts";
import { covers, type Directive } from "./directives.ts";
import type { InputProblem } from "./input_findings.ts";
import type { StatementText } from "./locate.ts";
import type { TextNotes } from "./source_text.ts";

/** Commands that read another file, which are reported. */
const MOST_SOURCES = 100;

/** A place, and the statement it stands before. */
interface NotedPlace {
  readonly text: StatementText;
  readonly index: number;
}

/** How a file ended. */
export interface FileEnd {
  readonly insideBody: boolean;
  readonly delimited: boolean;
}

export class FileNotes {
  readonly fileDirectives: Directive[] = [];
  /** Directives with where they are, until it is known that they were of use. */
  readonly #directives: (NotedPlace & { readonly directive: Directive })[] = [];
  /** The first template of which it cannot be told what it stands for; the others are counted. */
  #template: NotedPlace | undefined;
  #templates = 0;
  readonly #sources: NotedPlace[] = [];

  directive(directive: Directive, place: NotedPlace): void {
    if (directive.scope === "file") this.fileDirectives.push(directive);
    this.#directives.push({ directive, ...place });
  }

  /** A template that cannot be told; `place` is asked for where it is to be shown. */
  template(place: () => NotedPlace): void {
    this.#templates++;
    this.#template ??= place();
  }

  /** A command that has the client read another file. */
  source(place: NotedPlace): void {
    if (this.#sources.length < MOST_SOURCES) this.#sources.push(place);
  }

  /** Suppresses what directives for the whole file cover. */
  applyFileDirectives(findings: readonly DraftFinding[]): void {
    for (const finding of findings) {
      if (finding.suppressed?.kind === "inline") continue;
      const directive = this.fileDirectives.find((candidate) => covers(candidate, finding.code));
      if (directive === undefined) continue;
      directive.used = true;
      finding.suppressed = {
        kind: "inline",
        ...(directive.reason === undefined ? {} : { reason: directive.reason }),
      };
    }
  }

  /** What is wrong with the directives, once all findings are there. */
  *directiveProblems(risk: RiskOptions): Iterable<InputProblem> {
    for (const { directive, text, index } of this.#directives) {
      const message = directive.unknown.length > 0
        ? `No rule is called ${directive.unknown.join(" or ")}`
        : directive.codes !== "all" && directive.codes.size === 0
        ? "This directive names no rule"
        : directive.used || !allRun(directive, risk)
        ? undefined
        : "This directive suppresses nothing";
      if (message !== undefined) yield { code: "M007", message, text, index };
      if (directive.reason === undefined) {
        yield { code: "M008", message: "This directive has no reason", text, index };
      }
    }
  }

  /** What is odd about the file. */
  *fileProblems(notes: TextNotes, { insideBody, delimited }: FileEnd): Iterable<InputProblem> {
    for (const message of oddities(notes)) yield { code: "M009", message };
    if (insideBody) {
      yield { code: "M004", message: "The body of a stored program is not closed at the end of the file" };
    } else if (delimited) {
      yield { code: "M004", message: "DELIMITER is not restored at the end of the file" };
    }
    if (this.#template !== undefined) {
      const others = this.#templates === 1 ? "" : `, and so do ${this.#templates - 1} more like it`;
      const message = `This template stands for more than one name or value${others}`;
      yield { code: "M006", message, ...this.#template };
    }
    for (const place of this.#sources) {
      yield { code: "M012", message: "The client reads another file here, which is not looked at", ...place };
    }
  }
}

function* oddities(notes: TextNotes): Iterable<string> {
  if (notes.utf16) yield "The file is UTF-16; clients send it as it is, and the server refuses it";
  else if (notes.bom) yield "The file begins with a byte order mark";
  if (notes.invalidUtf8 >= 0) yield `Byte ${notes.invalidUtf8} is not UTF-8`;
  if (notes.nul >= 0) yield `Byte ${notes.nul} is a NUL`;
  if (notes.bareReturns >= 0) {
    yield "Lines end with bare carriage returns, which do not end a comment in MySQL";
  }
}

/** Whether every rule that a directive names runs: one that does not cannot show whether it is of use. */
function allRun({ codes }: Directive, risk: RiskOptions): boolean {
  return codes === "all" || ALL_RULES.every((rule) => !codes.has(rule.code) || isChosen(rule, risk));
}
