/** A small MySQL client: enough to log in with any plugin and ask a few questions. */
export { connectMysql, createMysqlConnector } from "./connect_mysql.ts";
export { MysqlHandshake, requestMysqlTls, sslRequest } from "./handshake.ts";
export type { MysqlConnection } from "./mysql_connection.ts";
