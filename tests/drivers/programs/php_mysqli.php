<?php
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

function connect(): mysqli
{
    $db = mysqli_init();
    $db->options(MYSQLI_OPT_LOCAL_INFILE, true);
    $db->real_connect(
        getenv('DRIVER_HOST'),
        getenv('DRIVER_USER'),
        getenv('DRIVER_PASSWORD'),
        getenv('DRIVER_SCHEMA'),
        (int) getenv('DRIVER_PORT'),
    );
    $db->set_charset('utf8mb4');
    return $db;
}

function rows(mysqli_result $result): array
{
    return array_map(
        fn (array $row) => array_map(fn ($value) => $value === null ? null : (string) $value, $row),
        $result->fetch_all(MYSQLI_NUM),
    );
}

$out = [];
$db = connect();
$out['text'] = rows($db->query('SELECT id, name, price, note FROM items ORDER BY id'));

$out['prepared'] = [];
$select = $db->prepare('SELECT name FROM items WHERE id >= ? AND name <> ? ORDER BY id');
foreach ([[1, ''], [2, 'plain']] as [$id, $name]) {
    $select->bind_param('is', $id, $name);
    $select->execute();
    $out['prepared'][] = array_column(rows($select->get_result()), 0);
}
$select->close();

$out['transaction'] = [];
foreach (['rollback', 'commit'] as $end) {
    $db->begin_transaction();
    $db->query('INSERT INTO ledger VALUES (1)');
    $db->$end();
    $out['transaction'][] = (int) $db->query('SELECT COUNT(*) FROM ledger')->fetch_row()[0];
}

$count = $total = $size = 0;
$result = $db->query('SELECT id, v FROM big ORDER BY id', MYSQLI_USE_RESULT);
while ($row = $result->fetch_row()) {
    $count++;
    $total += $row[0];
    $size += strlen($row[1]);
}
$result->close();
$out['large'] = [$count, $total, $size];

$out['multi'] = [];
$db->multi_query('SELECT 1; SELECT 2, 3');
do {
    $out['multi'][] = rows($db->store_result());
} while ($db->next_result());

$long = str_repeat('0123456789abcdef', 1310720);
$insert = $db->prepare('INSERT INTO blobs VALUES (1, ?)');
$nothing = null;
$insert->bind_param('b', $nothing);
foreach (str_split($long, 1 << 20) as $piece) {
    $insert->send_long_data(0, $piece);
}
$insert->execute();
[$length, $digest, $value] = $db->query('SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1')->fetch_row();
$out['long'] = [(int) $length, $digest, hash('sha256', $value)];

$file = $db->real_escape_string(getenv('DRIVER_FILE'));
$db->query("LOAD DATA LOCAL INFILE '$file' INTO TABLE loaded FIELDS TERMINATED BY ','");
$out['infile'] = array_map('intval', $db->query('SELECT COUNT(*), SUM(a) FROM loaded')->fetch_row());

try {
    $db->query('SELECT * FROM missing');
} catch (mysqli_sql_exception $error) {
    $out['error'] = $error->getCode();
}
$out['after'] = $db->query("SELECT 'still here'")->fetch_row()[0];

function told(callable $run): mixed
{
    try {
        return $run();
    } catch (mysqli_sql_exception $error) {
        return [$error->getCode(), $error->getMessage()];
    }
}

if (getenv('DRIVER_ENFORCED')) {
    $left = fn (): int => (int) $db->query('SELECT COUNT(*) FROM ledger')->fetch_row()[0];
    $db->begin_transaction();
    $db->query('INSERT INTO ledger VALUES (2)');
    $out['refused'] = [
        'text' => told(fn () => $db->query('DELETE FROM ledger')),
        'prepared' => told(fn () => $db->prepare('DELETE FROM ledger')->execute()),
        'during' => $left(),
    ];
    $db->query('DELETE FROM ledger WHERE id = 1');
    $out['refused']['deleted'] = $db->affected_rows;
    $db->rollback();
    $out['refused']['after'] = $left();
}
$db->close();

$out['reconnects'] = 0;
for ($turn = 0; $turn < 5; $turn++) {
    $db = connect();
    $out['reconnects'] += $db->query('SELECT 1')->fetch_row()[0];
    $db->close();
}
echo json_encode($out, JSON_THROW_ON_ERROR), "\n";
