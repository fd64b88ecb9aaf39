use strict;
use warnings;
use PerlCommon;

PerlCommon::session('MariaDB', 'mariadb');
