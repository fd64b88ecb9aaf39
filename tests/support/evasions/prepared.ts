/** Statements that are prepared, in a text or by the protocol. */
import { bytes } from "../bytes.ts";
import { Conversation, executeCommand } from "../conversation.ts";
import { CAPABILITY } from "../packets.ts";
import { type Evasion, onMariadb, onMysql, prepareCommand, text, texts } from "./evasion.ts";

/** The statement prepared last, as MariaDB has it. */
const LAST = 0xffffffff;

export const PREPARED: readonly Evasion[] = [
  {
    name: "COM_STMT_PREPARE",
    run: async (talk) => {
      const id = Conversation.statementId(await talk.send(prepareCommand("DELETE FROM victim")));
      await talk.send(executeCommand(id));
    },
  },
  {
    name: "COM_STMT_PREPARE and EXECUTE by a guessed id, pipelined",
    on: "mysql",
    run: (talk) => talk.pipeline(prepareCommand("DELETE FROM victim"), executeCommand(1)),
  },
  {
    name: "PREPARE and EXECUTE -1, pipelined",
    on: "mariadb",
    run: (talk) => talk.pipeline(prepareCommand("DELETE FROM victim"), executeCommand(LAST)),
  },
  {
    name: "a 16 MB PREPARE and EXECUTE -1, pipelined",
    on: "mariadb",
    run: (talk) =>
      talk.pipeline(
        bytes(0x16, "/*", new Uint8Array(0xffffff).fill(97), "*/ DELETE FROM victim"),
        executeCommand(LAST),
      ),
  },
  texts("PREPARE s FROM 'DELETE FROM victim'", "EXECUTE s"),
  texts('PREPARE s FROM "DELETE FROM victim"', "EXECUTE s"),
  texts("SET @x = 'DELETE FROM victim'", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 0x44454c4554452046524f4d2076696374696d", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = CONCAT('DEL', 'ETE FROM victim')", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @`x y` := REVERSE('mitciv MORF ETELED')", "PREPARE s FROM @`X Y`", "EXECUTE s"),
  texts("SELECT 'DELETE FROM victim' INTO @x", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SELECT @x := 'DELETE FROM victim'", "PREPARE s FROM @x", "EXECUTE s"),
  texts(
    "SET @x = 'SELECT 1'",
    "SELECT name FROM victim WHERE @x := 'DELETE FROM victim'",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  texts("SELECT body FROM texts WHERE id = 1 INTO @x", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = (SELECT body FROM texts WHERE id = 1)", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "CALL give_text(@x)", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "CALL set_text()", "PREPARE s FROM @x", "EXECUTE s"),
  texts("SET @x = 'SELECT 1'", "SELECT set_text_too()", "PREPARE s FROM @x", "EXECUTE s"),
  onMariadb(text("BEGIN NOT ATOMIC SET @x = 'DELETE FROM victim'; PREPARE s FROM @x; EXECUTE s; END")),
  texts(
    "CREATE PROCEDURE gone_2() BEGIN SET @x = 'DELETE FROM victim'; PREPARE s FROM @x; EXECUTE s; END",
    "CALL gone_2()",
  ),
  texts(
    "SET @x = 'SELECT 1'",
    "INSERT INTO texts SELECT 98, @x := 'DELETE FROM victim'",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  texts(
    "PREPARE s FROM 'SELECT 1'",
    "SET @x = 'DELETE FROM victim', @y = 2",
    "PREPARE s FROM @x",
    "EXECUTE s",
  ),
  {
    name: "a user variable filled by a prepared SELECT with a placeholder",
    run: async (talk) => {
      const id = Conversation.statementId(
        await talk.send("SET @x = 'SELECT 1'", prepareCommand("SELECT ? INTO @x")),
      );
      await talk.send(executeCommand(id, "DELETE FROM victim"), "PREPARE s FROM @x", "EXECUTE s");
    },
  },
  {
    name: "statements prepared in a text, run by the protocol's id of another",
    run: async (talk) => {
      const reply = await talk.send(prepareCommand("EXECUTE s"), "PREPARE s FROM 'DELETE FROM victim'");
      await talk.send("EXECUTE s", executeCommand(Conversation.statementId(reply)));
    },
  },
  {
    name: "a user variable set by a prepared statement",
    run: async (talk) => {
      const id = Conversation.statementId(await talk.send(prepareCommand("SET @x = ?")));
      await talk.send(executeCommand(id, "DELETE FROM victim"), "PREPARE s FROM @x", "EXECUTE s");
    },
  },
  {
    name: "a user variable set, prepared and run in one text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("SET @x = 'DELETE FROM victim'; PREPARE s FROM @x; EXECUTE s"),
  },
  {
    name: "a user variable set and prepared in a pipeline",
    run: (talk) =>
      talk.pipeline(
        talk.query("SET @x = 'SELECT 1'"),
        talk.query("SET @x = 'DELETE FROM victim'"),
        talk.query("PREPARE s FROM @x"),
        talk.query("EXECUTE s"),
      ),
  },
  onMysql(text("CALL sys.execute_prepared_stmt('DELETE FROM shop.victim')")),
  onMysql(text("CALL sys.execute_prepared_stmt(CONCAT('DELETE FROM',' shop.victim'))")),
  onMysql(texts("SET @q = 'DELETE FROM shop.victim'", "CALL sys.execute_prepared_stmt(@q)")),
  onMysql({
    name: "CALL sys.execute_prepared_stmt by the protocol",
    run: async (talk) => {
      const id = Conversation.statementId(
        await talk.send(prepareCommand("CALL sys.execute_prepared_stmt(?)")),
      );
      await talk.send(executeCommand(id, "DELETE FROM shop.victim"));
    },
  }),
  text("EXECUTE IMMEDIATE 'DELETE FROM victim'", "mariadb"),
  text("EXECUTE IMMEDIATE CONCAT('DELETE FROM', ' victim')", "mariadb"),
  onMariadb(texts("SET @x = 'DELETE FROM victim'", "EXECUTE IMMEDIATE @x")),
  onMariadb(texts("PREPARE s FROM CONCAT('DELETE FROM', ' victim')", "EXECUTE s")),
];
