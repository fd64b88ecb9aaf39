"""The session of every driver, over Python's DB-API; `connect(**extra)` opens a connection."""

import hashlib
import json
import os

LONG = "0123456789abcdef" * 1310720


def text(value):
    return None if value is None else str(value)


def rows(cursor):
    return [[text(value) for value in row] for row in cursor.fetchall()]


def told(cursor, sql, errno_of):
    try:
        return cursor.execute(sql)
    except Exception as error:
        return [errno_of(error), str(error)]


def rows_left(cursor):
    cursor.execute("SELECT COUNT(*) FROM ledger")
    return cursor.fetchone()[0]


def refused(db, cursor, errno_of):
    db.begin()
    cursor.execute("INSERT INTO ledger VALUES (2)")
    out = {
        "text": told(cursor, "DELETE FROM ledger", errno_of),
        "prepared": told(cursor, "PREPARE p FROM 'DELETE FROM ledger'", errno_of),
        "during": rows_left(cursor),
        "deleted": cursor.execute("DELETE FROM ledger WHERE id = 1"),
    }
    db.rollback()
    out["after"] = rows_left(cursor)
    return out


def session(connect, infile, errno_of):
    out = {}
    db = connect()
    cursor = db.cursor()

    cursor.execute("SELECT id, name, price, note FROM items ORDER BY id")
    out["text"] = rows(cursor)

    out["prepared"] = []
    for parameters in ((1, ""), (2, "plain")):
        cursor.execute("SELECT name FROM items WHERE id >= %s AND name <> %s ORDER BY id", parameters)
        out["prepared"].append([row[0] for row in rows(cursor)])

    out["transaction"] = []
    for end in (db.rollback, db.commit):
        db.begin()
        cursor.execute("INSERT INTO ledger VALUES (1)")
        end()
        cursor.execute("SELECT COUNT(*) FROM ledger")
        out["transaction"].append(cursor.fetchone()[0])
        db.rollback()

    cursor.execute("SELECT id, v FROM big ORDER BY id")
    count = total = size = 0
    for number, value in cursor.fetchall():
        count, total, size = count + 1, total + number, size + len(value)
    out["large"] = [count, total, size]

    cursor.execute("SELECT 1; SELECT 2, 3")
    out["multi"] = [rows(cursor)]
    while cursor.nextset():
        out["multi"].append(rows(cursor))

    cursor.execute("INSERT INTO blobs VALUES (1, %s)", (LONG,))
    db.commit()
    cursor.execute("SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1")
    length, digest, value = cursor.fetchone()
    value = value.encode() if isinstance(value, str) else bytes(value)
    out["long"] = [length, digest, hashlib.sha256(value).hexdigest()]

    cursor.execute("LOAD DATA LOCAL INFILE %s INTO TABLE loaded FIELDS TERMINATED BY ','", (infile,))
    db.commit()
    cursor.execute("SELECT COUNT(*), SUM(a) FROM loaded")
    out["infile"] = [int(value) for value in cursor.fetchone()]

    try:
        cursor.execute("SELECT * FROM missing")
    except Exception as error:
        out["error"] = errno_of(error)
    cursor.execute("SELECT 'still here'")
    out["after"] = cursor.fetchone()[0]
    if os.environ.get("DRIVER_ENFORCED"):
        out["refused"] = refused(db, cursor, errno_of)
    db.close()

    out["reconnects"] = 0
    for _ in range(5):
        db = connect()
        cursor = db.cursor()
        cursor.execute("SELECT 1")
        out["reconnects"] += cursor.fetchone()[0]
        db.close()
    print(json.dumps(out))
