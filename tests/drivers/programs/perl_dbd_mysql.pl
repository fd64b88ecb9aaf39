use strict;
use warnings;
use PerlCommon;

PerlCommon::session('mysql', 'mysql', mysql_enable_utf8mb4 => 1);
