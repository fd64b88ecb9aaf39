"""The session of drivers_test.ts, through PyMySQL, which prepares nothing: its parameters are texts."""
import json
import os

import pymysql

db = pymysql.connect(
    host="127.0.0.1", port=int(os.environ["DRIVER_PORT"]), user=os.environ["DRIVER_USER"],
    password=os.environ["DRIVER_PASSWORD"], database="app", charset="utf8mb4",
)


def rows(sql, parameters=None):
    with db.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def errno_of(sql):
    try:
        rows(sql)
        return 0
    except pymysql.MySQLError as error:
        return error.args[0]


def texts(found):
    return [[str(value) for value in row] for row in found]


out = {"text": texts(rows("SELECT id, body, price FROM notes ORDER BY id"))}
out["prepared"] = [
    [row[0] for row in rows("SELECT body FROM notes WHERE id >= %s AND body <> %s ORDER BY id", parameters)]
    for parameters in [(1, ""), (2, "plain")]
]
out["transaction"] = []
for end in [db.rollback, db.commit]:
    db.begin()
    rows("INSERT INTO notes (id, body) VALUES (%s, %s)", (9, "nine"))
    end()
    out["transaction"].append(rows("SELECT COUNT(*) FROM notes")[0][0])
db.select_db("shop")
db.autocommit(True)
for customer in [(1, "a@x", "ann"), (2, "b@x", "bob")]:
    rows("INSERT INTO customers (id, email, name) VALUES (%s, %s, %s)", customer)
out["sharded"] = texts(rows("SELECT id, name FROM customers ORDER BY id"))
out["refused"] = [errno_of("DELETE FROM orders"), errno_of("PREPARE s FROM 'DELETE FROM orders'")]
out["error"] = errno_of("SELECT * FROM app.missing")
out["after"] = rows("SELECT 'still here'")[0][0]
db.close()
print(json.dumps(out))
