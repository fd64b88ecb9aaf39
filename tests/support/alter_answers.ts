/** What a real MySQL answered when it was asked how it carries out changes of tables. */

/** How the server does it; `locked` where LOCK=NONE is refused although the table is not copied. */
export interface AlterAnswer {
  readonly method: "instant" | "metadata" | "rebuild" | "copy";
  readonly locked: boolean;
}

const METHODS: Readonly<Record<string, AlterAnswer["method"]>> = {
  i: "instant",
  m: "metadata",
  r: "rebuild",
  c: "copy",
};

/** The letter's answer; undefined where the server refuses the change. */
function answerOf(letter: string): AlterAnswer | undefined {
  const method = METHODS[letter.toLowerCase()];
  return method === undefined
    ? undefined
    : { method, locked: method === "copy" || letter !== letter.toLowerCase() };
}

/** One change of a column and the answer. */
export interface ColumnAnswer {
  /** The statement that makes the table. */
  readonly table: string;
  readonly from: string;
  readonly to: string;
  readonly answer: AlterAnswer | undefined;
}

/** Every pair of column definitions of tests/testdata/alter_columns.txt. */
export function columnAnswers(): ColumnAnswer[] {
  const answers: ColumnAnswer[] = [];
  for (const part of read("alter_columns.txt").split(/^\[/m).slice(1)) {
    const [head = "", ...lines] = part.trimEnd().split("\n");
    const key = head.startsWith("key") ? ", KEY k (c)" : "";
    const rows = lines.map((
      line,
    ) => [line.slice(0, line.indexOf(" ")), definition(line.slice(line.indexOf(" ") + 1))]);
    for (const [letters = "", from = ""] of rows) {
      const table =
        `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT, c ${from}${key}) CHARACTER SET utf8mb4`;
      for (const [index, [, to = ""]] of rows.entries()) {
        answers.push({ table, from, to, answer: answerOf(letters[index] ?? "") });
      }
    }
  }
  return answers;
}

/** `ENUM 3` for ENUM('m0','m1','m2'). */
function definition(text: string): string {
  const [, type, count] = /^(ENUM|SET) (\d+)$/.exec(text) ?? [];
  if (type === undefined) return text;
  return `${type}(${Array.from({ length: Number(count) }, (_, index) => `'m${index}'`).join(",")})`;
}

/** One or two items of an ALTER TABLE and the answer. */
export interface ItemsAnswer {
  readonly items: string;
  readonly answer: AlterAnswer | undefined;
}

/** The table that the items are tried on, and the one that its foreign keys are to refer to. */
export const ITEMS_TABLE =
  "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, u INT NOT NULL, n INT, v VARCHAR(20), e ENUM('a', 'b'), f TEXT, " +
  "p POINT NOT NULL SRID 0, g INT AS (n + 1) STORED, x INT AS (n + 2), CONSTRAINT c CHECK (n > 0), KEY i (n), KEY i2 (e), " +
  "UNIQUE KEY uk (u)) CHARACTER SET utf8mb4";
export const ITEMS_PARENT = "CREATE TABLE parent (id INT NOT NULL PRIMARY KEY)";

/** The items of tests/testdata/alter_items.txt, each alone and with each other. */
export function itemsAnswers(): ItemsAnswer[] {
  const rows = read("alter_items.txt").trimEnd().split("\n").filter((line) => !line.startsWith("#")).map(
    (line) => {
      const at = line.indexOf(" ");
      return { letters: line.slice(0, at), item: line.slice(at + 1) };
    },
  );
  return rows.flatMap(({ letters, item }, first) =>
    [...letters].map((letter, index) => ({
      items: index === 0 ? item : `${item}, ${rows[first + index]?.item}`,
      answer: answerOf(letter),
    }))
  );
}

function read(name: string): string {
  return Deno.readTextFileSync(new URL(`../testdata/${name}`, import.meta.url));
}
