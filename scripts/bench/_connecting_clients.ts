/** For SECONDS, with 8 clients: connect to PORT, log in, run one query, leave. Prints how often that was done. */
import mysql from "mysql2/promise";

const { PORT, SECONDS, DB_USER, MYSQL_PWD } = Deno.env.toObject();
const end = performance.now() + Number(SECONDS) * 1000;
let count = 0;
await Promise.all(Array.from({ length: 8 }, async () => {
  while (performance.now() < end) {
    const connection = await mysql.createConnection({
      host: "127.0.0.1",
      port: Number(PORT),
      user: DB_USER ?? "",
      password: MYSQL_PWD ?? "",
    });
    await connection.query("select 1");
    await connection.end();
    count++;
  }
}));
console.log(count);
