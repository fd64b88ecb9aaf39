/** Opens COUNT connections to PORT, runs one query on each, prints a line, and stays until it is killed. */
import mysql from "mysql2/promise";

const { PORT, COUNT, DB_USER, MYSQL_PWD } = Deno.env.toObject();
const connections: mysql.Connection[] = [];
while (connections.length < Number(COUNT)) {
  const batch = Array.from({ length: 20 }, async () => {
    const connection = await mysql.createConnection({
      host: "127.0.0.1",
      port: Number(PORT),
      user: DB_USER ?? "",
      password: MYSQL_PWD ?? "",
    });
    await connection.query("select 1");
    return connection;
  });
  connections.push(...await Promise.all(batch));
}
console.log("open", connections.length);
await new Promise(() => {});
