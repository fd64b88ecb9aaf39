import { Random } from "../../tests/support/random.ts";

const WORDS =
  'lorem ipsum dolor sit amet consectetur adipiscing elit O\\\'Brien café \\"quoted\\" line\\nbreak naïve 漢字'
    .split(" ");

/** Writes about `bytes` of what mysqldump writes: tables of five columns, INSERTs of one megabyte. */
export async function writeDump(path: string, bytes: number): Promise<void> {
  const random = new Random(1);
  const encoder = new TextEncoder();
  using file = await Deno.open(path, { create: true, truncate: true, write: true });
  const write = async (text: string) => {
    const data = encoder.encode(text);
    for (let at = 0; at < data.length;) at += await file.write(data.subarray(at));
    return data.length;
  };
  let written = await write("-- MySQL dump 10.13  Distrib 9.7.0\n/*!40101 SET NAMES utf8mb4 */;\n");
  // The same few megabytes again and again: the generator is not what is measured.
  const inserts = Array.from({ length: 8 }, () => rows(random));
  for (let table = 1; written < bytes; table++) {
    written += await write(
      `DROP TABLE IF EXISTS \`t${table}\`;\n/*!50503 SET character_set_client = utf8mb4 */;\n` +
        `CREATE TABLE \`t${table}\` (\n  \`id\` int NOT NULL AUTO_INCREMENT,\n  \`name\` varchar(255) DEFAULT NULL,\n` +
        `  \`note\` text,\n  \`price\` decimal(10,2) DEFAULT NULL,\n  \`made\` datetime NOT NULL,\n  PRIMARY KEY (\`id\`)\n` +
        `) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\nLOCK TABLES \`t${table}\` WRITE;\n` +
        `/*!40000 ALTER TABLE \`t${table}\` DISABLE KEYS */;\n`,
    );
    for (let turn = 0; turn < 8 && written < bytes; turn++) {
      written += await write(`INSERT INTO \`t${table}\` VALUES ${inserts[turn]};\n`);
    }
    written += await write(`/*!40000 ALTER TABLE \`t${table}\` ENABLE KEYS */;\nUNLOCK TABLES;\n`);
  }
}

function rows(random: Random): string {
  const list: string[] = [];
  for (let length = 0; length < 1_000_000;) {
    const text = (most: number) => random.some(1, most, () => random.pick(WORDS)).join(" ");
    const row =
      `(${random.below(10_000_000)},'${text(4)}','${text(14)}',${random.pick(["NULL", "12.50", "-3"])},` +
      `'2024-0${1 + random.below(9)}-1${random.below(10)} 10:11:12')`;
    list.push(row);
    length += row.length + 1;
  }
  return list.join(",");
}

/** Writes a folder of migrations, each a few statements as an application's history has them. */
export async function writeMigrations(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    await Deno.writeTextFile(
      `${folder}/${String(n).padStart(5, "0")}_step.sql`,
      `-- Step ${n}\nCREATE TABLE orders_${n} (\n  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,\n` +
        `  customer_id BIGINT UNSIGNED NOT NULL,\n  total DECIMAL(10,2) NOT NULL DEFAULT 0,\n  KEY by_customer (customer_id)\n);\n` +
        `ALTER TABLE customers ADD COLUMN flag_${n} TINYINT NOT NULL DEFAULT 0, ADD INDEX by_flag_${n} (flag_${n});\n` +
        `UPDATE customers SET flag_${n} = 1 WHERE id = ${n};\n`,
    );
  }
}

/** Writes `count` INSERTs of one row, 123 bytes each. */
export async function writeInserts(path: string, count: number): Promise<void> {
  const lines = Array.from(
    { length: count },
    (_, n) =>
      `INSERT INTO customers (id, name, email, created_at) VALUES (${n}, 'Customer ${n}', 'c${n}@example.com', '2024-01-01 00:00:00');`,
  );
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
}
