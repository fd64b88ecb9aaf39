/** Comments, blanks, quotes and sizes that lexers see otherwise than the server. */
import { bytes } from "../bytes.ts";
import { type Evasion, text } from "./evasion.ts";

export const LEXER: readonly Evasion[] = [
  text("/*!DELETE FROM victim*/"),
  text("/*!50000DELETE*/ /*!50000FROM*/ victim"),
  text("/*!00000 DELETE FROM victim */", "mysql"),
  text("/*!080034 DELETE*/ FROM victim", "mysql"),
  text("DELETE FROM victim /*!99999 WHERE id = 1 */"),
  text("DELETE FROM victim /*!990000 WHERE id = 1 */"),
  text("DELETE FROM victim WHERE id = 1 /*!50000 OR /* c */ 1 */", "mysql"),
  text("/*M!100000 DELETE FROM victim */", "mariadb"),
  text("DELETE FROM victim /*M! WHERE id = 1 */", "mysql"),
  text("DELETE FROM victim /*!100100 WHERE id = 1 */", "mysql"),
  text("DELETE FROM victim /*!50701 WHERE id = 1 */", "mariadb"),
  text("DELETE FROM victim /*!120000 WHERE id = 1 */", "mariadb"),
  text("DELETE/**/FROM/**/victim"),
  text("DELETE\x0bFROM\x0cvictim"),
  text("-- SELECT 1\nDELETE FROM victim"),
  text("#SELECT 1\nDELETE FROM victim"),
  text("--\x01 SELECT 1\nDELETE FROM victim"),
  text("DELETE FROM victim -- \r WHERE id = 1"),
  text("DELETE FROM victim # \r WHERE id = 1"),
  text("DELETE FROM victim --\tWHERE id = 1"),
  text("DELETE FROM victim #WHERE id = 1"),
  text("DELETE FROM victim WHERE 1--1"),
  text("DELETE FROM victim\0"),
  text("dElEtE`victim`FROM`victim`"),
  text("DELETE FROM`victim`"),
  text("DELETE FROM shop 1.e.victim", "mysql"),
  text("SELECT 1.e(SELECT secret FROM secrets)", "mysql"),
  text("SELECT secret FROM shop 1.e.secrets", "mysql"),
  text("SELECT 1e0UNION SELECT secret FROM secrets"),
  text("SELECT 1.UNION SELECT secret FROM secrets"),
  text("SELECT(secret)FROM(secrets)"),
  text("SELECT`secret`FROM`secrets`"),
  text("SELECT{x secret}FROM secrets"),
  text("SELECT s.secret FROM {OJ secrets s LEFT JOIN victim v ON 1 = 0}"),
  text("SELECT+secret FROM secrets WHERE 0 UNION SELECT!0 UNION SELECT secret FROM secrets"),
  text("SELECT secret FROM shop . secrets"),
  text("SELECT secret FROM shop/**/./**/secrets"),
  {
    name: "16 MB of comment before it",
    run: (talk) =>
      talk.send(talk.query(bytes("/*", new Uint8Array(0xffffff).fill(97), "*/ DELETE FROM victim"))),
  },
  {
    name: "16 MB of comment within it",
    run: (talk) =>
      talk.send(talk.query(bytes("DELETE FROM victim /*", new Uint8Array(0xffffff).fill(97), "*/"))),
  },
  {
    name: "a payload of exactly 16 MB",
    run: (talk) =>
      talk.send(talk.query(bytes("DELETE FROM victim ", new Uint8Array(0xffffff - 20).fill(32)))),
  },
];
