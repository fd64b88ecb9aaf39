"""The session of every driver, typed into a command line client; DRIVER_PROGRAM is its argument vector as JSON."""

import hashlib
import json
import os
import re
import subprocess

LONG = "0123456789abcdef" * 1310720
PROGRAM = json.loads(os.environ["DRIVER_PROGRAM"])
UNESCAPE = {"\\t": "\t", "\\n": "\n", "\\\\": "\\", "\\0": "\0"}


def run(sql):
    argv = PROGRAM + [
        "--host=" + os.environ["DRIVER_HOST"],
        "--port=" + os.environ["DRIVER_PORT"],
        "--user=" + os.environ["DRIVER_USER"],
        "--batch",
        "--skip-column-names",
        "--local-infile=1",
        "--max-allowed-packet=64M",
        "--default-character-set=utf8mb4",
        "--force",
        os.environ["DRIVER_SCHEMA"],
    ]
    environment = dict(os.environ, MYSQL_PWD=os.environ["DRIVER_PASSWORD"])
    return subprocess.run(argv, input=sql.encode(), capture_output=True, env=environment)


def rows(sql):
    result = run(sql)
    if result.returncode != 0:
        raise SystemExit(result.stderr.decode())
    return [
        [
            None if cell == "NULL" else re.sub(r"\\[tn\\0]", lambda found: UNESCAPE[found[0]], cell)
            for cell in line.split("\t")
        ]
        for line in result.stdout.decode().split("\n")[:-1]
    ]


out = {}
out["text"] = rows("SELECT id, name, price, note FROM items ORDER BY id;")

out["prepared"] = []
for number, name in ((1, ""), (2, "plain")):
    out["prepared"].append([
        row[0]
        for row in rows(
            "PREPARE p FROM 'SELECT name FROM items WHERE id >= ? AND name <> ? ORDER BY id';"
            f"SET @a = {number}, @b = '{name}'; EXECUTE p USING @a, @b;"
        )
    ])

out["transaction"] = [
    int(rows(f"BEGIN; INSERT INTO ledger VALUES (1); {end}; SELECT COUNT(*) FROM ledger;")[0][0])
    for end in ("ROLLBACK", "COMMIT")
]

count = total = size = 0
for number, value in rows("SELECT id, v FROM big ORDER BY id;"):
    count, total, size = count + 1, total + int(number), size + len(value)
out["large"] = [count, total, size]

# With another delimiter the client sends both statements as one text.
first, second = rows("DELIMITER //\nSELECT 1; SELECT 2, 3//\n")
out["multi"] = [[first], [second]]

rows(f"INSERT INTO blobs VALUES (1, '{LONG}');")
length, digest, value = rows("SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1;")[0]
out["long"] = [int(length), digest, hashlib.sha256(value.encode()).hexdigest()]

path = os.environ["DRIVER_FILE"]
out["infile"] = [
    int(value)
    for value in rows(
        f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE loaded FIELDS TERMINATED BY ',';"
        "SELECT COUNT(*), SUM(a) FROM loaded;"
    )[0]
]

failed = run("SELECT * FROM missing; SELECT 'still here';")
out["error"] = int(re.search(r"ERROR (\d+)", failed.stderr.decode())[1])
out["after"] = failed.stdout.decode().strip()

if os.environ.get("DRIVER_ENFORCED"):
    result = run(
        "BEGIN; INSERT INTO ledger VALUES (2); DELETE FROM ledger; PREPARE p FROM 'DELETE FROM ledger';"
        "SELECT COUNT(*) FROM ledger; DELETE FROM ledger WHERE id = 1; SELECT ROW_COUNT(); ROLLBACK;"
        "SELECT COUNT(*) FROM ledger;"
    )
    errors = [[int(code), message] for code, message in re.findall(r"ERROR (\d+) (.*)", result.stderr.decode())]
    text, prepared = errors if len(errors) == 2 else (errors, None)
    during, deleted, after = [int(line) for line in result.stdout.decode().split()]
    out["refused"] = {
        "text": text,
        "prepared": prepared,
        "during": during,
        "deleted": deleted,
        "after": after,
    }

out["reconnects"] = sum(int(rows("SELECT 1;")[0][0]) for _ in range(5))
print(json.dumps(out))
