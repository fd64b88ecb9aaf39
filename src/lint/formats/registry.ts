import { formatCheckstyle } from "./checkstyle.ts";
import type { Format } from "./format.ts";
import { formatGithub } from "./github.ts";
import { formatGitlab } from "./gitlab.ts";
import { formatJson } from "./json.ts";
import { formatJunit } from "./junit.ts";
import { formatMarkdown } from "./markdown.ts";
import { formatRdjson, formatRdjsonl } from "./rdjson.ts";
import { formatSarif } from "./sarif.ts";
import { formatText } from "./text.ts";

/** What `--format` takes. */
export const FORMAT_NAMES = [
  "text",
  "json",
  "sarif",
  "github",
  "gitlab",
  "junit",
  "checkstyle",
  "rdjson",
  "rdjsonl",
  "markdown",
] as const;
export type FormatName = typeof FORMAT_NAMES[number];

/** The renderer of each format. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  text: formatText,
  json: formatJson,
  sarif: formatSarif,
  github: formatGithub,
  gitlab: formatGitlab,
  junit: formatJunit,
  checkstyle: formatCheckstyle,
  rdjson: formatRdjson,
  rdjsonl: formatRdjsonl,
  markdown: formatMarkdown,
};
