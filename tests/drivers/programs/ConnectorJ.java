import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The session of every driver, through MariaDB Connector/J with statements prepared on the server. */
public final class ConnectorJ {
  private static Connection connect() throws SQLException {
    String url = "jdbc:mariadb://" + System.getenv("DRIVER_HOST") + ":" + System.getenv("DRIVER_PORT") + "/"
        + System.getenv("DRIVER_SCHEMA")
        + "?useServerPrepStmts=true&allowMultiQueries=true&allowLocalInfile=true&allowPublicKeyRetrieval=true"
        + "&maxAllowedPacket=67108864";
    return DriverManager.getConnection(url, System.getenv("DRIVER_USER"), System.getenv("DRIVER_PASSWORD"));
  }

  private static String quote(String value) {
    if (value == null) return "null";
    StringBuilder quoted = new StringBuilder("\"");
    for (char letter : value.toCharArray()) {
      if (letter == '"' || letter == '\\') quoted.append('\\').append(letter);
      else if (letter < ' ') quoted.append(String.format("\\u%04x", (int) letter));
      else quoted.append(letter);
    }
    return quoted.append('"').toString();
  }

  private static String rows(ResultSet result) throws SQLException {
    int columns = result.getMetaData().getColumnCount();
    List<String> rows = new ArrayList<>();
    while (result.next()) {
      List<String> row = new ArrayList<>();
      for (int column = 1; column <= columns; column++) row.add(quote(result.getString(column)));
      rows.add("[" + String.join(",", row) + "]");
    }
    return "[" + String.join(",", rows) + "]";
  }

  private static long number(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement(); ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private static String sha256(byte[] content) throws Exception {
    return String.format("%064x", new BigInteger(1, MessageDigest.getInstance("SHA-256").digest(content)));
  }

  private static String told(SQLException error) {
    return "[" + error.getErrorCode() + "," + quote(error.getMessage()) + "]";
  }

  private static String refused(Connection db, Statement statement) throws SQLException {
    String text = "null";
    String prepared = "null";
    db.setAutoCommit(false);
    statement.executeUpdate("INSERT INTO ledger VALUES (2)");
    try {
      statement.executeUpdate("DELETE FROM ledger");
    } catch (SQLException error) {
      text = told(error);
    }
    try (PreparedStatement delete = db.prepareStatement("DELETE FROM ledger")) {
      delete.executeUpdate();
    } catch (SQLException error) {
      prepared = told(error);
    }
    long during = number(db, "SELECT COUNT(*) FROM ledger");
    int deleted = statement.executeUpdate("DELETE FROM ledger WHERE id = 1");
    db.rollback();
    db.setAutoCommit(true);
    long after = number(db, "SELECT COUNT(*) FROM ledger");
    return "{\"text\":" + text + ",\"prepared\":" + prepared + ",\"during\":" + during + ",\"deleted\":" + deleted
        + ",\"after\":" + after + "}";
  }

  public static void main(String[] arguments) throws Exception {
    List<String> out = new ArrayList<>();
    try (Connection db = connect(); Statement statement = db.createStatement()) {
      out.add("\"text\":" + rows(statement.executeQuery("SELECT id, name, price, note FROM items ORDER BY id")));

      List<String> prepared = new ArrayList<>();
      String select = "SELECT name FROM items WHERE id >= ? AND name <> ? ORDER BY id";
      try (PreparedStatement query = db.prepareStatement(select)) {
        for (int id = 1; id <= 2; id++) {
          query.setInt(1, id);
          query.setString(2, id == 1 ? "" : "plain");
          List<String> names = new ArrayList<>();
          ResultSet result = query.executeQuery();
          while (result.next()) names.add(quote(result.getString(1)));
          prepared.add("[" + String.join(",", names) + "]");
        }
      }
      out.add("\"prepared\":[" + String.join(",", prepared) + "]");

      List<String> counts = new ArrayList<>();
      db.setAutoCommit(false);
      for (boolean commit : new boolean[] {false, true}) {
        statement.executeUpdate("INSERT INTO ledger VALUES (1)");
        if (commit) db.commit();
        else db.rollback();
        counts.add("" + number(db, "SELECT COUNT(*) FROM ledger"));
        db.rollback();
      }
      db.setAutoCommit(true);
      out.add("\"transaction\":[" + String.join(",", counts) + "]");

      long count = 0;
      long total = 0;
      long size = 0;
      try (Statement streaming = db.createStatement()) {
        streaming.setFetchSize(100);
        ResultSet result = streaming.executeQuery("SELECT id, v FROM big ORDER BY id");
        while (result.next()) {
          count++;
          total += result.getLong(1);
          size += result.getString(2).length();
        }
      }
      out.add("\"large\":[" + count + "," + total + "," + size + "]");

      List<String> multi = new ArrayList<>();
      boolean more = statement.execute("SELECT 1; SELECT 2, 3");
      while (more) {
        multi.add(rows(statement.getResultSet()));
        more = statement.getMoreResults();
      }
      out.add("\"multi\":[" + String.join(",", multi) + "]");

      byte[] content = "0123456789abcdef".repeat(1310720).getBytes(StandardCharsets.US_ASCII);
      try (PreparedStatement insert = db.prepareStatement("INSERT INTO blobs VALUES (1, ?)")) {
        insert.setBytes(1, content);
        insert.executeUpdate();
      }
      ResultSet stored = statement.executeQuery("SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1");
      stored.next();
      out.add("\"long\":[" + stored.getLong(1) + "," + quote(stored.getString(2)) + ","
          + quote(sha256(stored.getBytes(3))) + "]");

      statement.execute("LOAD DATA LOCAL INFILE '" + System.getenv("DRIVER_FILE")
          + "' INTO TABLE loaded FIELDS TERMINATED BY ','");
      out.add("\"infile\":[" + number(db, "SELECT COUNT(*) FROM loaded") + ","
          + number(db, "SELECT SUM(a) FROM loaded") + "]");

      try {
        statement.executeQuery("SELECT * FROM missing");
      } catch (SQLException error) {
        out.add("\"error\":" + error.getErrorCode());
      }
      ResultSet after = statement.executeQuery("SELECT 'still here'");
      after.next();
      out.add("\"after\":" + quote(after.getString(1)));
      if (System.getenv("DRIVER_ENFORCED") != null) out.add("\"refused\":" + refused(db, statement));
    }
    long reconnects = 0;
    for (int turn = 0; turn < 5; turn++) {
      try (Connection db = connect()) {
        reconnects += number(db, "SELECT 1");
      }
    }
    out.add("\"reconnects\":" + reconnects);
    System.out.write(("{" + String.join(",", out) + "}\n").getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }
}
