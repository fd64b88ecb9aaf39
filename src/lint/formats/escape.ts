/** Making text safe for where it is put: XML, Markdown, a workflow command; for a terminal see base/visible.ts. */

import { visible } from "../../base/visible.ts";

/**
 * Text for XML 1.0, in content and in attributes of either quote. Line ends and tabs are written as references, since
 * a parser turns bare ones in attributes into spaces; characters that XML 1.0 has no form for become U+FFFD.
 */
export function escapeXml(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff&<>"']/gu, (character) => {
    switch (character) {
      case "&":
        return "&amp;";
      case "<":
        return "&lt;";
      case ">":
        return "&gt;";
      case '"':
        return "&quot;";
      case "'":
        return "&apos;";
      case "\t":
        return "&#9;";
      case "\n":
        return "&#10;";
      case "\r":
        return "&#13;";
      default: {
        const code = character.codePointAt(0) ?? 0;
        return code >= 0x7f && code <= 0x9f ? `&#${code};` : "\ufffd";
      }
    }
  });
}

/** The data part of a GitHub workflow command. */
export function escapeCommandData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** A property's value in a GitHub workflow command. */
export function escapeCommandProperty(text: string): string {
  return escapeCommandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Text within a Markdown paragraph or table cell: one line, no character of it read as markup. */
export function escapeMarkdown(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>#|~&]/g, "\\$&").replaceAll("@", "@\u200b");
}

/** Text as inline code in Markdown, in a table cell too. Backticks inside are fenced by more of them. */
export function markdownCode(text: string): string {
  const line = visible(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
