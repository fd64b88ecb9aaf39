/** Patterns for paths: `*`, `**`, `?`, `[abc]`, `{a,b}`. Paths have forward slashes. */

/** Whether a word is a pattern rather than a plain path. */
export function isGlob(text: string): boolean {
  return /[*?{[]/.test(text);
}

/** The part of a pattern before its first wildcard, up to its last slash: where to look. `.` where there is none. */
export function globBase(pattern: string): string {
  const plain = /^[^*?{[]*/.exec(pattern)?.[0] ?? "";
  const slash = plain.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : plain.slice(0, slash);
}

/** A regular expression that matches the whole of a path. `*` and `?` do not match a slash, `**` does. */
export function globToRegExp(pattern: string): RegExp {
  return new RegExp(`^${translate(pattern)}$`);
}

function translate(pattern: string): string {
  let out = "";
  let braces = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    switch (character) {
      case "*":
        if (pattern[at + 1] !== "*") out += "[^/]*";
        else if (pattern[at + 2] === "/" && (at === 0 || pattern[at - 1] === "/")) {
          out += "(?:.*/)?";
          at += 2;
        } else {
          out += ".*";
          at++;
        }
        break;
      case "?":
        out += "[^/]";
        break;
      case "[": {
        const end = pattern.indexOf("]", at + 2);
        if (end < 0) out += "\\[";
        else {
          const set = pattern.slice(at + 1, end).replace(/^!/, "^").replaceAll("\\", "\\\\");
          out += `[${set}]`;
          at = end;
        }
        break;
      }
      case "{":
        out += "(?:";
        braces++;
        break;
      case "}":
        if (braces > 0) {
          out += ")";
          braces--;
        } else out += "\\}";
        break;
      case ",":
        out += braces > 0 ? "|" : ",";
        break;
      case "\\":
        at++;
        out += escape(pattern[at] ?? "\\");
        break;
      default:
        out += escape(character);
    }
  }
  return out + ")".repeat(braces);
}

function escape(character: string): string {
  return /[\w/ ~!@#%&=:;"'<>-]/.test(character) ? character : `\\${character}`;
}
