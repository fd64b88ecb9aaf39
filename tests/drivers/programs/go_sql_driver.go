// The session of every driver, through Go's go-sql-driver.
package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func connect() *sql.DB {
	config := mysql.NewConfig()
	config.Net = "tcp"
	config.Addr = os.Getenv("DRIVER_HOST") + ":" + os.Getenv("DRIVER_PORT")
	config.User = os.Getenv("DRIVER_USER")
	config.Passwd = os.Getenv("DRIVER_PASSWORD")
	config.DBName = os.Getenv("DRIVER_SCHEMA")
	config.Collation = "utf8mb4_general_ci"
	config.MultiStatements = true
	config.AllowAllFiles = true
	config.MaxAllowedPacket = 64 << 20
	db, err := sql.Open("mysql", config.FormatDSN())
	must(err)
	db.SetMaxOpenConns(1)
	return db
}

func rows(result *sql.Rows) [][]*string {
	columns, err := result.Columns()
	must(err)
	all := [][]*string{}
	for result.Next() {
		row := make([]*string, len(columns))
		targets := make([]interface{}, len(columns))
		for index := range row {
			targets[index] = &row[index]
		}
		must(result.Scan(targets...))
		all = append(all, row)
	}
	must(result.Err())
	return all
}

func query(db *sql.DB, text string, arguments ...interface{}) [][]*string {
	result, err := db.Query(text, arguments...)
	must(err)
	defer result.Close()
	return rows(result)
}

func told(err error) interface{} {
	var refusal *mysql.MySQLError
	if errors.As(err, &refusal) {
		return []interface{}{refusal.Number, refusal.Message}
	}
	return fmt.Sprint(err)
}

func refused(db *sql.DB) map[string]interface{} {
	out := map[string]interface{}{}
	transaction, err := db.BeginTx(context.Background(), nil)
	must(err)
	_, err = transaction.Exec("INSERT INTO ledger VALUES (2)")
	must(err)
	_, err = transaction.Exec("DELETE FROM ledger")
	out["text"] = told(err)
	_, err = transaction.Prepare("DELETE FROM ledger")
	out["prepared"] = told(err)
	var count int
	must(transaction.QueryRow("SELECT COUNT(*) FROM ledger").Scan(&count))
	out["during"] = count
	result, err := transaction.Exec("DELETE FROM ledger WHERE id = 1")
	must(err)
	out["deleted"], err = result.RowsAffected()
	must(err)
	must(transaction.Rollback())
	must(db.QueryRow("SELECT COUNT(*) FROM ledger").Scan(&count))
	out["after"] = count
	return out
}

func main() {
	out := map[string]interface{}{}
	db := connect()
	out["text"] = query(db, "SELECT id, name, price, note FROM items ORDER BY id")

	statement, err := db.Prepare("SELECT name FROM items WHERE id >= ? AND name <> ? ORDER BY id")
	must(err)
	prepared := [][]string{}
	for _, parameters := range [][]interface{}{{1, ""}, {2, "plain"}} {
		result, err := statement.Query(parameters...)
		must(err)
		names := []string{}
		for _, row := range rows(result) {
			names = append(names, *row[0])
		}
		must(result.Close())
		prepared = append(prepared, names)
	}
	must(statement.Close())
	out["prepared"] = prepared

	counts := []int{}
	for _, commit := range []bool{false, true} {
		transaction, err := db.BeginTx(context.Background(), nil)
		must(err)
		_, err = transaction.Exec("INSERT INTO ledger VALUES (?)", 1)
		must(err)
		if commit {
			must(transaction.Commit())
		} else {
			must(transaction.Rollback())
		}
		var count int
		must(db.QueryRow("SELECT COUNT(*) FROM ledger").Scan(&count))
		counts = append(counts, count)
	}
	out["transaction"] = counts

	result, err := db.Query("SELECT id, v FROM big ORDER BY id")
	must(err)
	count, total, size := 0, 0, 0
	for result.Next() {
		var number int
		var value string
		must(result.Scan(&number, &value))
		count, total, size = count+1, total+number, size+len(value)
	}
	must(result.Err())
	out["large"] = []int{count, total, size}

	result, err = db.Query("SELECT 1; SELECT 2, 3")
	must(err)
	multi := [][][]*string{rows(result)}
	for result.NextResultSet() {
		multi = append(multi, rows(result))
	}
	must(result.Close())
	out["multi"] = multi

	_, err = db.Exec("INSERT INTO blobs VALUES (1, ?)", strings.Repeat("0123456789abcdef", 1310720))
	must(err)
	var length int
	var digest string
	var value []byte
	must(db.QueryRow("SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1").Scan(&length, &digest, &value))
	own := sha256.Sum256(value)
	out["long"] = []interface{}{length, digest, hex.EncodeToString(own[:])}

	_, err = db.Exec("LOAD DATA LOCAL INFILE '" + os.Getenv("DRIVER_FILE") +
		"' INTO TABLE loaded FIELDS TERMINATED BY ','")
	must(err)
	var loaded, sum int
	must(db.QueryRow("SELECT COUNT(*), SUM(a) FROM loaded").Scan(&loaded, &sum))
	out["infile"] = []int{loaded, sum}

	_, err = db.Query("SELECT * FROM missing")
	var refusal *mysql.MySQLError
	if errors.As(err, &refusal) {
		out["error"] = refusal.Number
	}
	out["after"] = *query(db, "SELECT 'still here'")[0][0]
	if os.Getenv("DRIVER_ENFORCED") != "" {
		out["refused"] = refused(db)
	}
	must(db.Close())

	reconnects := 0
	for turn := 0; turn < 5; turn++ {
		db := connect()
		var one int
		must(db.QueryRow("SELECT 1").Scan(&one))
		reconnects += one
		must(db.Close())
	}
	out["reconnects"] = reconnects
	must(json.NewEncoder(os.Stdout).Encode(out))
}
