// The session of drivers_test.ts, through go-sql-driver, which prepares what has parameters.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/go-sql-driver/mysql"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	config := mysql.NewConfig()
	config.User = os.Getenv("DRIVER_USER")
	config.Passwd = os.Getenv("DRIVER_PASSWORD")
	config.Net = "tcp"
	config.Addr = "127.0.0.1:" + os.Getenv("DRIVER_PORT")
	config.DBName = "app"
	pool, err := sql.Open("mysql", config.FormatDSN())
	check(err)
	background := context.Background()
	db, err := pool.Conn(background)
	check(err)
	texts := func(width int, query string, parameters ...any) [][]string {
		rows, err := db.QueryContext(background, query, parameters...)
		check(err)
		defer rows.Close()
		found := [][]string{}
		for rows.Next() {
			row, places := make([]string, width), make([]any, width)
			for i := range row {
				places[i] = &row[i]
			}
			check(rows.Scan(places...))
			found = append(found, row)
		}
		check(rows.Err())
		return found
	}
	exec := func(query string, parameters ...any) error {
		_, err := db.ExecContext(background, query, parameters...)
		return err
	}
	errno := func(err error) int {
		var told *mysql.MySQLError
		if errors.As(err, &told) {
			return int(told.Number)
		}
		return 0
	}
	count := func() (n int) {
		check(db.QueryRowContext(background, "SELECT COUNT(*) FROM notes").Scan(&n))
		return n
	}
	out := map[string]any{"text": texts(3, "SELECT id, body, price FROM notes ORDER BY id")}
	prepared := [][]string{}
	for _, parameters := range [][]any{{1, ""}, {2, "plain"}} {
		column := []string{}
		for _, row := range texts(1, "SELECT body FROM notes WHERE id >= ? AND body <> ? ORDER BY id", parameters...) {
			column = append(column, row[0])
		}
		prepared = append(prepared, column)
	}
	out["prepared"] = prepared
	transaction := []int{}
	for _, commit := range []bool{false, true} {
		tx, err := db.BeginTx(background, nil)
		check(err)
		_, err = tx.Exec("INSERT INTO notes (id, body) VALUES (?, ?)", 9, "nine")
		check(err)
		if commit {
			check(tx.Commit())
		} else {
			check(tx.Rollback())
		}
		transaction = append(transaction, count())
	}
	out["transaction"] = transaction
	check(exec("USE shop"))
	check(exec("INSERT INTO customers (id, email, name) VALUES (?, ?, ?)", 1, "a@x", "ann"))
	check(exec("INSERT INTO customers (id, email, name) VALUES (?, ?, ?)", 2, "b@x", "bob"))
	out["sharded"] = texts(2, "SELECT id, name FROM customers ORDER BY id")
	_, prepareError := db.PrepareContext(background, "DELETE FROM orders")
	out["refused"] = []int{errno(exec("DELETE FROM orders")), errno(prepareError)}
	out["error"] = errno(exec("SELECT * FROM app.missing"))
	out["after"] = texts(1, "SELECT 'still here'")[0][0]
	text, err := json.Marshal(out)
	check(err)
	fmt.Println(string(text))
}
