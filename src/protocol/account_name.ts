import { decodeUtf8 } from "./packet_reader.ts";

/** Labels of the Encoding Standard and the ids of the collations whose character set each reads. */
const ENCODINGS: readonly (readonly [label: string, ids: readonly number[]])[] = [
  ["windows-1252", [5, 8, 15, 31, 47, 48, 49, 94]],
  ["iso-8859-2", [2, 9, 21, 27, 77]],
  ["windows-1250", [26, 34, 44, 66, 99]],
  ["windows-1251", [14, 23, 50, 51, 52]],
  ["windows-1256", [57, 67]],
  ["windows-1257", [29, 58, 59]],
  ["windows-1254", [30, 78]],
  ["iso-8859-13", [20, 41, 42, 79]],
  ["iso-8859-7", [25, 70]],
  ["iso-8859-8", [16, 71]],
  ["windows-874", [18, 89]],
  ["koi8-r", [7, 74]],
  ["koi8-u", [22, 75]],
  ["ibm866", [36, 68]],
  ["macintosh", [39, 53]],
  ["big5", [1, 84]],
  ["shift_jis", [13, 88, 95, 96]],
  ["euc-jp", [12, 91, 97, 98]],
  ["euc-kr", [19, 85]],
  ["gbk", [24, 28, 86, 87]],
  ["gb18030", [248, 249, 250]],
];
/** Character sets that no decoder here reads beyond ASCII: dec8, cp850, hp8, armscii8, keybcs2, macce, cp852, geostd8. */
const ASCII_AT_MOST: ReadonlySet<number> = new Set([
  ...[3, 69],
  ...[4, 80],
  ...[6, 72],
  ...[32, 64],
  ...[37, 73],
  ...[38, 43],
  ...[40, 81],
  ...[92, 93],
]);
/** swe7, whose letters stand where ASCII has brackets and braces. */
const SWE7: ReadonlySet<number> = new Set([10, 82]);
const LABELS: ReadonlyMap<number, string> = new Map(
  ENCODINGS.flatMap(([label, ids]) => ids.map((id) => [id, label] as const)),
);
/** What MariaDB keeps of a name; MySQL knows none that is longer than 32. */
const MAX_CHARACTERS = 128;

/**
 * The account that a server takes a login's user name for, which comes in the character set of the login's collation:
 * both families drop quotes around it at a login (not at COM_CHANGE_USER), and MariaDB what is past 128 characters.
 * Undefined for one that cannot be told.
 */
export function accountName(name: Uint8Array, collation: number, at: "login" | "change"): string | undefined {
  // MariaDB's collations without padding lie 1024 above those with it.
  const id = collation >= 1024 && collation < 2048 ? collation - 1024 : collation;
  const text = decode(name, id);
  if (text === undefined) return undefined;
  const bare = at === "login" && text.length > 1 && text.startsWith("'") && text.endsWith("'")
    ? text.slice(1, -1)
    : text;
  return bare.length <= MAX_CHARACTERS ? bare : [...bare].slice(0, MAX_CHARACTERS).join("");
}

function decode(name: Uint8Array, id: number): string | undefined {
  if (SWE7.has(id)) {
    return name.every((byte) => byte < 0x80 && !SWEDISH.has(byte)) ? decodeUtf8(name) : undefined;
  }
  if (name.every((byte) => byte < 0x80)) return decodeUtf8(name);
  if (ASCII_AT_MOST.has(id)) return undefined;
  const label = LABELS.get(id);
  return label === undefined ? decodeUtf8(name) : new TextDecoder(label).decode(name);
}

/** Bytes that are letters in swe7 and not in ASCII. */
const SWEDISH: ReadonlySet<number> = new Set([..."@[\\]^`{|}~"].map((one) => one.charCodeAt(0)));
