import type { LintReport } from "../model.ts";

/** What a piece of text is, for a painter that gives it a colour. */
export type PaintRole = "critical" | "high" | "medium" | "low" | "info" | "strong" | "faint" | "good" | "bad";

/** Colours a piece of text, or leaves it as it is. Never the only sign of anything. */
export type Painter = (role: PaintRole, text: string) => string;

/** The painter that paints nothing. */
export const plain: Painter = (_role, text) => text;

/** How a report is rendered. */
export interface FormatOptions {
  /** Columns that the text format may use. */
  readonly width: number;
  /** Use ASCII marks only. */
  readonly ascii: boolean;
  readonly paint: Painter;
  /** Address of the rules' pages, for formats that name their tool. */
  readonly homepage?: string;
  /** Absolute `file:` address, ending in `/`, that the findings' paths are relative to; SARIF only. */
  readonly root?: string;
}

/** Renders a report; the text ends with a line end. */
export type Format = (report: LintReport, options: FormatOptions) => string;
