select /*+ BKA(t1@qb1, `t``2`) NO_ICP(@q t3 i) MAX_EXECUTION_TIME(100) SET_VAR(sort_buffer_size=16M) SET_VAR(x='a') QB_NAME(zz) INDEX(t a, b) */ 1
select /*+ nonsense */ 1
select /*+ BKA(t1) nonsense(1) */ 1
select /*+ */ 1
insert into t values (null),(1),(null)
insert into t values (1,null),(null,1)
select a from t where (a,b) in ((1,2),(3,4)) and c in (null) and d in (1,null) and e in (-1,+2, - - 3)
select 1 order by (1), 01, 2.0, 0x1, 4294967296, 4294967295, '1'
select a from t group by 1, 2 with rollup
select row_number() over (partition by 1 order by 2), group_concat(a order by 1,2 separator ',') from t
select a from t group by rollup(1,2)
select a from t group by rollup(1)
select a from t group by cube (1)
select `a23456789012345678901234567890123456789012345678901234567890é`, b
select `a😀b`, 1
create library l language javascript as $$x$$
select 1 from t where a = -1 and b in (-1) and c > - 1 limit 1
select !!1, ! !1, not 1, not null, a is not null, null is null, -null
select -1, +1, - 1, 1 - 1, 1 - -1, 1--1, (1)-1, -(1), -a, - -a, a - -1
select -1 = -1, 1 < -1, 1 > -1, 1 <= -1, 1 >= -1, 1 <> -1, 1 <=> -1, @a := -1, 1 | -1, 1 & -1, 1 << -1, 1 >> -1, 1 ^ -1, 1 % -1, 1 / -1, 1 * -1, 1 + -1, ~ -1, ! -1
select case -1 when -1 then -1 else -1 end, if(a, -1, -1), 1 between -1 and -1, 1 like -1, 1 regexp -1, 1 div -1, 1 mod -1, 1 xor -1, 1 or -1, 1 || -1, 1 && -1, not -1, interval(-1,-2), date_add(now(), interval -1 day)
select a from t where -1 group by -1 having -1 order by -1
select all -1; 
select distinct -1
select sql_no_cache -1
select binary -1, cast(-1 as signed), trim(-1 from -1), substring('a' from -1 for -1), position(-1 in -1)
set @a = -1, @b := -1, autocommit = -1
update t set a = -1, b = default where c = -1
insert into t (a) values (-1), (-2)
insert into t set a = -1
do -1, -2
call p(-1, -2)
select a from t join u on -1
select a from t limit 1 offset 1
values row(-1, -2), row(1, 2)
create table t (a int default -1, b int default null, c int not null, d int null, e int check (e > -1))
create table t (a int) partition by range (a) (partition p0 values less than (-1), partition p1 values less than (10))
create table t (a int) partition by list (a) (partition p0 values in (-1, null, 1), partition p1 values in (2))
create event e on schedule every -1 day starts now() - interval -1 day ends now() + interval -1 day do select -1
alter table t alter a set default -1
select json_table('[]', '$[*]' columns (a int path '$' default '1' on empty null on error)) 
select * from json_table('[]', '$[*]' columns (a int path '$' default '1' on empty null on error, b int exists path '$', nested path '$' columns (c int path '$' null on empty error on error))) x
select json_value('{}', '$.a' returning int null on empty default -1 on error)
select json_arrayagg(a), json_objectagg(a, null) from t
select 1 where exists (select null), null in (null, null), (null), (null, null) = (1, 2)
select concat(null), ifnull(null, null), coalesce(null, 1, null)
select @a, @`b c`, @'d e', @@a, @@global.b, @@session.`c`, @a.b, @, @a := null
select N'a', n'b', x'61', X'61', b'1', 0x61, 0b1, 1.5, .5, 1., 1e5, 1E-5, 1.5e+5, 'a' 'b', _utf8mb4'a', _utf8mb4 x'61', _binary'a', _latin1 0x61
select date '2020-01-01', time '10:00:00', timestamp '2020-01-01 00:00:00', {d '2020-01-01'}
select * from t where a in (1) and b in (select 1) and c not in (1,2) and (a,b) in ((1,2)) and d in ('a') and e in (?)
select * from t where a in (1, b) or a in (b, 1, 2) or a in (1, 2, b, 3, 4) or a in (f(1), 2, 3)
insert into t values (1, now(), 2), (3, now(), 4)
insert into t values (1, 2), (3, default)
insert into t values (1), (2), (now()), (3), (4)
insert into t values ((1), (2)), ((3), (4))
select ((1)), ((1, 2)), (((1)))
select a.b.c, a.*, a.b.*, `a`.`b`, `a`.b, a.`b`, .a from t
select a->'$.x', a->>'$.y', a -> '$.z' from t
select 1 from dual where a = 1 /* c */ and b = 2 -- d
select 1 # x
select /*! 1 */, /*!50000 2 */ , /*!99999 3 */ 4
select /*!50000 1 + */ /* z */ 2
select 1 from t use index (a, b) ignore index for join (c)
with recursive c (n) as (select 1 union all select n + 1 from c where n < 5) select * from c
with a as (select 1), b as (select 2) select * from a, b order by 1 asc, 2 desc, 3
select a from t order by 1 limit 5
select a from t order by 1, b, 2 desc for update
select a, count(*) from t group by 1, b having count(*) > 1 order by 2 desc limit 10 offset 5
(select 1 order by 1) union (select 2 order by 1 limit 1) order by 1
select a from t order by 1 + 1, 2 collate utf8mb4_bin, -1, (2), 3
select sum(a) over (order by 1 rows between 1 preceding and 1 following), rank() over w from t window w as (partition by 1, 2 order by 3)
select group_concat(distinct a, b order by 1 desc, 2 separator '-') from t group by 2
delete from t order by 1 limit 1
update t set a = 1 order by 1 limit 1
select char(1,2), character_length('a'), insert('a',1,2,'b'), left('a',1), right('a',1), mod(1,2), repeat('a',1), replace('a','b','c'), user(), current_user, current_user(), schema(), database()
select curdate(), current_date, current_date(), curtime(), current_time, now(), current_timestamp, localtime, localtimestamp(), sysdate(), utc_date, utc_time(), utc_timestamp
select session_user(), system_user(), substr('a',1), mid('a',1), substring('a',1), std(1), stddev(1), stddev_pop(1), variance(1), var_pop(1), var_samp(1), stddev_samp(1)
select count, max, min, sum, count (*), substr, now from t
select count(*), max(a), min(a), sum(distinct a), bit_and(a), bit_or(a), bit_xor(a), avg(a) from t
select extract(day from a), extract(sql_tsi_day from a), timestampadd(week, 1, a), timestampdiff(sql_tsi_year, a, b), date_add(a, interval 1 hour), adddate(a, 1), subdate(a, interval 1 minute)
select a from t where a rlike 'x' and b regexp 'y' and c sounds like 'z' and d member of ('[1]')
select distinctrow a from t
select a as 'b', a as "c", a 'd', a as `e` from t
select sql_calc_found_rows a from t procedure analyse()
explain select 1
desc t
describe t a
show columns from t
show fields from t in d
show schemas
show databases like 'a%'
show tables from d where a = 1
show create schema d
show index from t
show warnings limit 5
use d
set names utf8mb4
set names utf8mb4 collate utf8mb4_bin
set character set utf8mb4
set global max_connections = 1, session sort_buffer_size = default
set transaction isolation level read committed, read only
set password = 'a'
create user 'a'@'b' identified by 'c', d@localhost, e@'%'
grant select, insert (a, b) on d.* to 'a'@'%' with grant option
revoke all privileges on *.* from a@b
kill 1
kill query 5
flush tables a, b with read lock
lock tables a read, b write
load data local infile 'x' into table t fields terminated by ',' enclosed by '"' lines terminated by '\n' ignore 1 lines (a, @b) set c = @b + 1
select a into outfile 'x' from t
select a into @x, @y from t
prepare s from 'select 1'
execute s using @a, @b
deallocate prepare s
handler t open
handler t read i = (1, 2) where a = 1 limit 1
begin
start transaction with consistent snapshot, read only
savepoint a
rollback to savepoint a
xa start 'a', 'b', 1
table t order by 1 limit 2
analyze table t update histogram on a with 10 buckets
change replication source to source_host = 'a', source_port = 1, privilege_checks_user = null
signal sqlstate '45000' set message_text = 'x', mysql_errno = 1
get diagnostics condition 1 @a = message_text
create index i on t ((a + 1), (cast(b as char(10) array)))
alter table t add column a int not null default 0 after b, drop column c, add index (d), modify e varchar(10) character set utf8mb4, algorithm = inplace
alter table t add constraint f foreign key (a) references u (b) on delete set null on update cascade
create view v as select 1 as a with check option
create or replace algorithm = merge sql security invoker view v (a) as select 1
create trigger tr before insert on t for each row set new.a = null
create procedure p (in a int, out b int) begin declare c int default null; declare continue handler for not found set b = null; if a is null then set b = -1; end if; end
create function f (a int) returns int deterministic return null
create temporary table if not exists t select 1 as a, null as b
insert into t select 1, null on duplicate key update a = values(a), b = null
insert into t values (1) as n on duplicate key update a = n.a
replace into t values (1, 2)
delete a, b from a join b using (c) where d = 1
select 1 union select 2 intersect select 3 except select 4
select cast(null as json), convert(null, char), cast('a' as binary), cast(a as decimal(10,2))
select @@sql_mode, @@local.a, @@persist.b
select `a``b`, "c""d", 'e''f', 'g\'h'
select 1 as `null`, null as a, 'x' is null
select if(null, null, null), case null when null then null else null end, nullif(null, null)
select a from t where a is null and b is not null and not a is null and c <=> null
select a from t1 left join t2 on null where null having null
select 18446744073709551615, 99999999999999999999999, -9223372036854775808
select row(1, null), row(null, null) = row(1, 2)
set @x = null, @y := null
select interval null day + now(), date_add(null, interval null day)
select distinct null, null union select null
select binary null, not null, ! null, ~ null, - null, + null
do null
values row(null), row(1)
select lag(a, 1, null) respect nulls over (order by b) from t
select trim(both null from null), substring(null from null)
call p(null)
select null collate utf8mb4_bin
return null
