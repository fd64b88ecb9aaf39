# The session of every driver, over Perl's DBI; `$kind` is mysql or mariadb, which names the driver's attributes.
package PerlCommon;
use strict;
use warnings;
use DBI;
use Digest::SHA qw(sha256_hex);
use Encode ();
use JSON::PP;

sub connect_to {
    my ($driver, $kind, %attributes) = @_;
    my $source = "DBI:$driver:database=$ENV{DRIVER_SCHEMA};host=$ENV{DRIVER_HOST};port=$ENV{DRIVER_PORT}"
        . ";${kind}_local_infile=1";
    return DBI->connect($source, $ENV{DRIVER_USER}, $ENV{DRIVER_PASSWORD},
        { RaiseError => 1, PrintError => 0, AutoCommit => 1, %attributes });
}

sub rows {
    my ($statement) = @_;
    return [map { [map { defined $_ ? "$_" : undef } @$_] } @{ $statement->fetchall_arrayref }];
}

sub told {
    my ($db, $run) = @_;
    my $result = eval { $run->() };
    return $@ eq '' ? $result : [0 + $db->err, $db->errstr];
}

sub rows_left {
    return 0 + ($_[0]->selectrow_array('SELECT COUNT(*) FROM ledger'))[0];
}

sub refused {
    my ($db, $kind) = @_;
    my %out;
    $db->begin_work;
    $db->do('INSERT INTO ledger VALUES (2)');
    $out{text} = told($db, sub { $db->do('DELETE FROM ledger', { "${kind}_server_prepare" => 0 }) });
    $out{prepared} = told($db, sub { $db->prepare('DELETE FROM ledger')->execute });
    $out{during} = rows_left($db);
    $out{deleted} = 0 + $db->do('DELETE FROM ledger WHERE id = 1');
    $db->rollback;
    $out{after} = rows_left($db);
    return \%out;
}

sub session {
    my ($driver, $kind, %attributes) = @_;
    $attributes{"${kind}_server_prepare"} = 1;
    my %out;
    my $db = connect_to($driver, $kind, %attributes);

    my $text = $db->prepare('SELECT id, name, price, note FROM items ORDER BY id', { "${kind}_server_prepare" => 0 });
    $text->execute;
    $out{text} = rows($text);

    my $select = $db->prepare('SELECT name FROM items WHERE id >= ? AND name <> ? ORDER BY id');
    for my $parameters ([1, ''], [2, 'plain']) {
        $select->execute(@$parameters);
        push @{ $out{prepared} }, [map { $_->[0] } @{ rows($select) }];
    }

    for my $end (qw(rollback commit)) {
        $db->begin_work;
        $db->do('INSERT INTO ledger VALUES (1)');
        $db->$end;
        push @{ $out{transaction} }, 0 + ($db->selectrow_array('SELECT COUNT(*) FROM ledger'))[0];
    }

    my ($count, $total, $size) = (0, 0, 0);
    my $big = $db->prepare('SELECT id, v FROM big ORDER BY id');
    $big->execute;
    while (my $row = $big->fetchrow_arrayref) {
        $count++;
        $total += $row->[0];
        $size += length $row->[1];
    }
    $big->finish;
    $out{large} = [$count, $total, $size];

    my $several = connect_to($driver, $kind, "${kind}_multi_statements" => 1);
    my $multi = $several->prepare('SELECT 1; SELECT 2, 3');
    $multi->execute;
    do { push @{ $out{multi} }, rows($multi) } while $multi->more_results;
    $several->disconnect;

    my $long = '0123456789abcdef' x 1310720;
    $db->do('INSERT INTO blobs VALUES (1, ?)', undef, $long);
    my ($length, $digest, $value) = $db->selectrow_array('SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1');
    $out{long} = [0 + $length, $digest, sha256_hex($value)];

    $db->do("LOAD DATA LOCAL INFILE '$ENV{DRIVER_FILE}' INTO TABLE loaded FIELDS TERMINATED BY ','");
    $out{infile} = [map { 0 + $_ } $db->selectrow_array('SELECT COUNT(*), SUM(a) FROM loaded')];

    eval { $db->selectall_arrayref('SELECT * FROM missing') };
    $out{error} = $db->err;
    $out{after} = ($db->selectrow_array("SELECT 'still here'"))[0];
    $out{refused} = refused($db, $kind) if $ENV{DRIVER_ENFORCED};
    $db->disconnect;

    $out{reconnects} = 0;
    for (1 .. 5) {
        my $again = connect_to($driver, $kind, %attributes);
        $out{reconnects} += ($again->selectrow_array('SELECT 1'))[0];
        $again->disconnect;
    }
    $out{error} += 0;
    print JSON::PP->new->utf8->encode(\%out), "\n";
}

1;
