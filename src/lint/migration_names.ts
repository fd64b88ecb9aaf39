/** What migration tools read in the names of their files. Each tool's own naming, whole; never a part of a word. */

import { basename, dirname, join } from "node:path";

/** Flyway: prefix, version, two underscores, description. Case counts. */
const FLYWAY = /^(?:(?<prefix>[VUB])(?<version>\d+(?:[._]\d+)*)|(?<repeatable>R))__.*\.sql$/;
/** golang-migrate, sqlx and their like: version, title, direction. yoyo has .rollback. */
const DIRECTED = /^(?<stem>.*)\.(?<half>up|down|undo|rollback|revert)\.sql$/i;
/** Diesel and others keep a migration in a folder of its own. */
const WHOLE = /^(?<half>up|down|undo|rollback|revert)\.sql$/i;
/** db-migrate and others part the direction with a dash or an underscore, which only a pair of files tells from a word. */
const PAIRED = /^(?<stem>.*[_-])(?<half>up|down)\.sql$/i;

const UP_OF: Readonly<Record<string, string>> = { down: "up", DOWN: "UP", Down: "Up" };

/** Whether a file takes a migration back. `exists` tells whether a path names a file. */
export function isDownFile(path: string, exists: (path: string) => boolean): boolean {
  const name = basename(path);
  const flyway = FLYWAY.exec(name)?.groups;
  if (flyway !== undefined) return flyway["prefix"] === "U";
  // sqitch keeps a change's three scripts in folders of these names.
  if (isSqitchRevert(path)) return true;
  const half = (DIRECTED.exec(name) ?? WHOLE.exec(name))?.groups?.["half"];
  if (half !== undefined) return half.toLowerCase() !== "up";
  const paired = PAIRED.exec(name)?.groups;
  const up = UP_OF[paired?.["half"] ?? ""];
  return up !== undefined && exists(path.slice(0, -name.length) + paired!["stem"] + up + name.slice(-4));
}

function isSqitchRevert(path: string): boolean {
  return basename(dirname(path)) === "revert";
}

/** The version that a migration's file name begins with, written one way: `2_1` of `V2.1__name.sql`. */
export function migrationVersion(path: string): string | undefined {
  const name = basename(path);
  const flyway = FLYWAY.exec(name)?.groups;
  const version = flyway?.["version"] ?? /^(\d+)[_.-]/.exec(name)?.[1];
  return version?.split(/[._]/).map((part) => part.replace(/^0+(?=\d)/, "")).join("_");
}

/**
 * The migrations that a file is one of, as the folder they are in; undefined for a file that is none by its name. Prisma,
 * Diesel and others give each migration a folder.
 */
export function migrationsOf(path: string): string | undefined {
  const folder = dirname(path);
  if (/^(?:migration|up|down)\.sql$/i.test(basename(path))) return dirname(folder);
  if (migrationVersion(path) !== undefined) return folder;
  return /^(?:deploy|revert)$/.test(basename(folder)) ? dirname(folder) : undefined;
}

/** The path without what tells a migration's two files apart. */
export function stemOf(path: string): string {
  const name = basename(path);
  const folder = path.slice(0, -name.length);
  const stem = (DIRECTED.exec(name) ?? PAIRED.exec(name))?.groups?.["stem"]?.replace(/[_-]$/, "");
  if (isSqitchRevert(path)) return join(dirname(dirname(path)), "deploy", name.replace(/\.sql$/i, ""));
  return folder + (stem ?? (WHOLE.test(name) ? "" : name.replace(/\.sql$/i, "").replace(/^[VU](?=\d)/, "")));
}

/**
 * The order in which tools run files of one folder: numbers by value, Flyway's versions part by part, its repeatable
 * migrations last.
 */
export function compareFileNames(a: string, b: string): number {
  const [one, other] = [FLYWAY.exec(a)?.groups, FLYWAY.exec(b)?.groups];
  if (one === undefined || other === undefined) return collator.compare(a, b);
  const repeatable = Number(one["repeatable"] !== undefined) - Number(other["repeatable"] !== undefined);
  if (repeatable !== 0) return repeatable;
  return compareVersions(one["version"] ?? "", other["version"] ?? "") || collator.compare(a, b);
}

function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => version.split(/[._]/).map(Number)) as [number[], number[]];
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const collator = new Intl.Collator("en", { numeric: true });
