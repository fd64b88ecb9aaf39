/** What a WordPress site says to its database, in our own words: tables, a day's requests, upkeep. */

/** The tables of a site. */
export const WORDPRESS_TABLES: readonly string[] = [
  `CREATE TABLE wp_options (
    option_id bigint(20) unsigned NOT NULL auto_increment, option_name varchar(191) NOT NULL default '',
    option_value longtext NOT NULL, autoload varchar(20) NOT NULL default 'yes',
    PRIMARY KEY (option_id), UNIQUE KEY option_name (option_name), KEY autoload (autoload)
  ) DEFAULT CHARACTER SET utf8mb4`,
  `CREATE TABLE wp_posts (
    ID bigint(20) unsigned NOT NULL auto_increment, post_author bigint(20) unsigned NOT NULL default '0',
    post_date datetime NOT NULL default '2000-01-01 00:00:00', post_content longtext NOT NULL, post_title text NOT NULL,
    post_status varchar(20) NOT NULL default 'publish', post_name varchar(200) NOT NULL default '',
    post_parent bigint(20) unsigned NOT NULL default '0', post_type varchar(20) NOT NULL default 'post',
    comment_count bigint(20) NOT NULL default '0', PRIMARY KEY (ID), KEY post_name (post_name),
    KEY type_status_date (post_type, post_status, post_date, ID)
  ) DEFAULT CHARACTER SET utf8mb4`,
  `CREATE TABLE wp_postmeta (
    meta_id bigint(20) unsigned NOT NULL auto_increment, post_id bigint(20) unsigned NOT NULL default '0',
    meta_key varchar(255) default NULL, meta_value longtext, PRIMARY KEY (meta_id), KEY post_id (post_id),
    KEY meta_key (meta_key(191))
  ) DEFAULT CHARACTER SET utf8mb4`,
  `CREATE TABLE wp_terms (term_id bigint(20) unsigned NOT NULL auto_increment, name varchar(200) NOT NULL default '',
    slug varchar(200) NOT NULL default '', PRIMARY KEY (term_id), KEY slug (slug(191)))`,
  `CREATE TABLE wp_term_taxonomy (term_taxonomy_id bigint(20) unsigned NOT NULL auto_increment,
    term_id bigint(20) unsigned NOT NULL default 0, taxonomy varchar(32) NOT NULL default '',
    description longtext NOT NULL, count bigint(20) NOT NULL default 0, PRIMARY KEY (term_taxonomy_id),
    UNIQUE KEY term_id_taxonomy (term_id, taxonomy))`,
  `CREATE TABLE wp_term_relationships (object_id bigint(20) unsigned NOT NULL default 0,
    term_taxonomy_id bigint(20) unsigned NOT NULL default 0, term_order int(11) NOT NULL default 0,
    PRIMARY KEY (object_id, term_taxonomy_id), KEY term_taxonomy_id (term_taxonomy_id))`,
  `CREATE TABLE wp_comments (comment_ID bigint(20) unsigned NOT NULL auto_increment,
    comment_post_ID bigint(20) unsigned NOT NULL default '0', comment_author tinytext NOT NULL,
    comment_content text NOT NULL, comment_approved varchar(20) NOT NULL default '1',
    comment_date_gmt datetime NOT NULL default '2000-01-01 00:00:00', PRIMARY KEY (comment_ID),
    KEY approved_date (comment_approved, comment_date_gmt), KEY comment_post_ID (comment_post_ID))`,
  `CREATE TABLE wp_commentmeta (meta_id bigint(20) unsigned NOT NULL auto_increment,
    comment_id bigint(20) unsigned NOT NULL default '0', meta_key varchar(255), meta_value longtext, PRIMARY KEY (meta_id))`,
  `CREATE TABLE wp_users (ID bigint(20) unsigned NOT NULL auto_increment, user_login varchar(60) NOT NULL default '',
    user_pass varchar(255) NOT NULL default '', user_email varchar(100) NOT NULL default '',
    display_name varchar(250) NOT NULL default '', PRIMARY KEY (ID), KEY user_login_key (user_login))`,
  `CREATE TABLE wp_usermeta (umeta_id bigint(20) unsigned NOT NULL auto_increment,
    user_id bigint(20) unsigned NOT NULL default '0', meta_key varchar(255), meta_value longtext,
    PRIMARY KEY (umeta_id), KEY user_id (user_id))`,
];

const UPSERT = "ON DUPLICATE KEY UPDATE `option_name` = VALUES(`option_name`), " +
  "`option_value` = VALUES(`option_value`), `autoload` = VALUES(`autoload`)";

/** Setting up a connection and a site. */
const INSTALL: readonly string[] = [
  "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_unicode_520_ci'",
  "SELECT @@SESSION.sql_mode",
  "SET SESSION sql_mode='NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  "SHOW TABLES LIKE 'wp\\_options'",
  "DESCRIBE wp_posts",
  "SHOW INDEX FROM wp_posts",
  "SHOW FULL COLUMNS FROM `wp_options`",
  "SHOW VARIABLES LIKE 'sql_mode'",
  "INSERT INTO wp_options (option_name, option_value, autoload) VALUES ('siteurl', 'http://localhost', 'on'), ('home', 'http://localhost', 'on'), ('blogname', 'It\\'s a \\\"site\\\"', 'on'), ('cron', 'a:0:{}', 'on')",
  "INSERT INTO `wp_users` (`user_login`, `user_pass`, `user_email`, `display_name`) VALUES ('admin', '$P$BabcDEF', 'a@example.com', 'Admin')",
  "INSERT INTO `wp_usermeta` (`user_id`, `meta_key`, `meta_value`) VALUES (1, 'wp_capabilities', 'a:1:{s:13:\\\"administrator\\\";b:1;}')",
  "INSERT INTO wp_terms (term_id, name, slug) VALUES (1, 'Uncategorized', 'uncategorized'), (2, 'News', 'news')",
  "INSERT INTO wp_term_taxonomy (term_id, taxonomy, description, count) VALUES (1, 'category', '', 1), (2, 'category', '', 0)",
];

/** Visitors reading. */
const REQUEST: readonly string[] = [
  "SELECT option_name, option_value FROM wp_options WHERE autoload IN ( 'yes', 'on', 'auto-on', 'auto' )",
  "SELECT option_value FROM wp_options WHERE option_name = 'siteurl' LIMIT 1",
  "SELECT option_name, option_value FROM wp_options WHERE option_name IN ('theme_mods_x','_transient_doing_cron')",
  "SELECT * FROM wp_users WHERE user_login = 'admin' LIMIT 1",
  "SELECT user_id, meta_key, meta_value FROM wp_usermeta WHERE user_id IN (1) ORDER BY umeta_id ASC",
  "SELECT SQL_CALC_FOUND_ROWS wp_posts.ID FROM wp_posts WHERE 1=1 AND ((wp_posts.post_type = 'post' AND (wp_posts.post_status = 'publish' OR wp_posts.post_status = 'private'))) ORDER BY wp_posts.post_date DESC LIMIT 0, 10",
  "SELECT FOUND_ROWS()",
  "SELECT wp_posts.* FROM wp_posts WHERE ID IN (1,2,3)",
  "SELECT post_id, meta_key, meta_value FROM wp_postmeta WHERE post_id IN (1,2,3) ORDER BY meta_id ASC",
  "SELECT DISTINCT t.term_id, tr.object_id FROM wp_terms AS t INNER JOIN wp_term_taxonomy AS tt ON t.term_id = tt.term_id INNER JOIN wp_term_relationships AS tr ON tr.term_taxonomy_id = tt.term_taxonomy_id WHERE tt.taxonomy IN ('category', 'post_tag', 'post_format') AND tr.object_id IN (1, 2) ORDER BY t.name ASC",
  "SELECT t.*, tt.* FROM wp_terms AS t INNER JOIN wp_term_taxonomy AS tt ON t.term_id = tt.term_id WHERE tt.taxonomy IN ('category') AND tt.count > 0 ORDER BY t.name ASC",
  "SELECT wp_posts.ID FROM wp_posts INNER JOIN wp_postmeta ON ( wp_posts.ID = wp_postmeta.post_id ) INNER JOIN wp_postmeta AS mt1 ON ( wp_posts.ID = mt1.post_id ) WHERE 1=1 AND ( wp_postmeta.meta_key = 'price' AND ( mt1.meta_key = 'stock' AND CAST(mt1.meta_value AS SIGNED) > '0' ) ) AND wp_posts.post_type = 'post' GROUP BY wp_posts.ID ORDER BY wp_postmeta.meta_value+0 ASC LIMIT 0, 10",
  "SELECT wp_posts.ID FROM wp_posts LEFT JOIN wp_term_relationships ON (wp_posts.ID = wp_term_relationships.object_id) WHERE 1=1 AND ( wp_term_relationships.term_taxonomy_id IN (2) ) AND wp_posts.post_type = 'post' GROUP BY wp_posts.ID ORDER BY RAND() LIMIT 0, 5",
  "SELECT wp_posts.ID FROM wp_posts WHERE 1=1 AND (((wp_posts.post_title LIKE '%hello%') OR (wp_posts.post_content LIKE '%hello%'))) AND wp_posts.post_type IN ('post', 'page') ORDER BY wp_posts.post_title LIKE '%hello%' DESC, wp_posts.post_date DESC LIMIT 0, 10",
  "SELECT YEAR(post_date) AS `year`, MONTH(post_date) AS `month`, count(ID) as posts FROM wp_posts WHERE post_type = 'post' AND post_status = 'publish' GROUP BY YEAR(post_date), MONTH(post_date) ORDER BY post_date DESC",
  "SELECT comment_approved, COUNT( * ) AS total FROM wp_comments GROUP BY comment_approved",
  "SELECT wp_comments.comment_ID FROM wp_comments WHERE ( comment_approved = '1' ) AND comment_post_ID = 1 ORDER BY wp_comments.comment_date_gmt ASC, wp_comments.comment_ID ASC",
  "SELECT post_status, COUNT( * ) AS num_posts FROM wp_posts WHERE post_type = 'page' GROUP BY post_status",
  "SELECT 1 as test FROM wp_posts WHERE post_type = 'post' AND post_author = '1' LIMIT 1",
  "SELECT ID, post_name, post_parent, post_type FROM wp_posts WHERE post_name IN ('about','us') AND post_type IN ('page','attachment')",
];

/** An editor writing and deleting. */
const EDITING: readonly string[] = [
  "INSERT INTO `wp_posts` (`post_author`, `post_date`, `post_content`, `post_title`, `post_status`, `post_name`, `post_type`) VALUES (1, '2025-01-02 03:04:05', '<p>It\\'s; DELETE FROM wp_posts -- hello</p>', 'Hello', 'publish', 'hello', 'post')",
  "INSERT INTO `wp_postmeta` (`post_id`, `meta_key`, `meta_value`) VALUES (LAST_INSERT_ID(), '_edit_lock', '1700000000:1')",
  "INSERT INTO wp_term_relationships (object_id, term_taxonomy_id) VALUES (1, 1) ON DUPLICATE KEY UPDATE term_order = VALUES(term_order)",
  "SELECT COUNT(*) FROM wp_term_relationships, wp_posts WHERE wp_posts.ID = wp_term_relationships.object_id AND post_status = 'publish' AND post_type IN ('post') AND term_taxonomy_id = 1",
  "UPDATE `wp_term_taxonomy` SET `count` = 1 WHERE `term_taxonomy_id` = 1",
  "SELECT post_id FROM wp_postmeta WHERE meta_key = '_edit_lock' AND post_id = 1",
  "UPDATE `wp_postmeta` SET `meta_value` = '1700000001:1' WHERE `post_id` = 1 AND `meta_key` = '_edit_lock'",
  "UPDATE `wp_posts` SET `post_content` = 'again', `post_title` = 'Hello again' WHERE `ID` = 1",
  "INSERT INTO `wp_comments` (`comment_post_ID`, `comment_author`, `comment_content`, `comment_approved`) VALUES (1, 'Bob', 'nice', '1'), (1, 'Eve', '\\' OR 1=1 -- ', 'spam')",
  "UPDATE wp_comments SET comment_approved='1' WHERE comment_ID = 1",
  "SELECT COUNT(*) FROM wp_comments WHERE comment_post_ID = 1 AND comment_approved = '1'",
  "UPDATE `wp_posts` SET `comment_count` = 1 WHERE `ID` = 1",
  "SELECT meta_id FROM wp_postmeta WHERE post_id = 1",
  "DELETE FROM wp_postmeta WHERE meta_id IN( 1,2 )",
  "DELETE FROM `wp_postmeta` WHERE `meta_id` = 3",
  "DELETE FROM wp_term_relationships WHERE object_id = 1 AND term_taxonomy_id IN (2)",
  "DELETE FROM `wp_posts` WHERE `ID` = 2",
  "UPDATE `wp_posts` SET `post_parent` = 0 WHERE `post_parent` = 2 AND `post_type` = 'page'",
];

/** Options, transients, cron and the daily clean-up. */
const UPKEEP: readonly string[] = [
  `INSERT INTO \`wp_options\` (\`option_name\`, \`option_value\`, \`autoload\`) VALUES ('_transient_doing_cron', '1700000000.1', 'on') ${UPSERT}`,
  `INSERT INTO \`wp_options\` (\`option_name\`, \`option_value\`, \`autoload\`) VALUES ('_transient_timeout_feed', '1', 'off') ${UPSERT}`,
  `INSERT INTO \`wp_options\` (\`option_name\`, \`option_value\`, \`autoload\`) VALUES ('_transient_feed', 'x', 'off') ${UPSERT}`,
  "UPDATE `wp_options` SET `option_value` = 'a:1:{i:0;s:3:\\\"foo\\\";}' WHERE `option_name` = 'cron'",
  "SELECT autoload FROM wp_options WHERE option_name = 'cron'",
  "DELETE FROM `wp_options` WHERE `option_name` = '_transient_doing_cron'",
  "DELETE a, b FROM wp_options a, wp_options b WHERE a.option_name LIKE '\\\\_transient\\\\_%' AND a.option_name NOT LIKE '\\\\_transient\\\\_timeout\\\\_%' AND b.option_name = CONCAT( '_transient_timeout_', SUBSTRING( a.option_name, 12 ) ) AND b.option_value < 1700000000",
  "DELETE o1 FROM wp_options AS o1 JOIN wp_options AS o2 USING (`option_name`) WHERE o2.option_id > o1.option_id",
  "DELETE FROM wp_options WHERE option_name LIKE '\\\\_site\\\\_transient\\\\_timeout\\\\_%' AND option_value < 1700000000",
  "SELECT comment_ID FROM wp_comments WHERE DATE_SUB('2025-06-01 00:00:00', INTERVAL 15 DAY) > comment_date_gmt AND comment_approved = 'spam' LIMIT 10000",
  "DELETE FROM wp_comments WHERE comment_ID IN ( 2, 3 )",
  "DELETE meta FROM wp_commentmeta meta LEFT JOIN wp_comments c ON c.comment_ID = meta.comment_id WHERE c.comment_ID IS NULL",
  "DELETE FROM wp_posts WHERE post_type = 'revision' AND post_parent = 1 AND post_date < '2024-01-01'",
  "OPTIMIZE TABLE wp_options",
  "START TRANSACTION",
  "UPDATE wp_options SET option_value = 'b' WHERE option_name = 'home'",
  "ROLLBACK",
  "ALTER TABLE wp_posts ADD COLUMN post_excerpt TEXT",
  "ALTER TABLE wp_comments ADD INDEX comment_author_key (comment_author(10))",
];

/** A site's life from its installation on; each follows from those before. */
export const WORDPRESS_SESSION: readonly string[] = [
  ...INSTALL,
  ...REQUEST,
  ...EDITING,
  ...EDITING.slice(0, 2),
  ...REQUEST,
  ...UPKEEP,
  ...REQUEST,
];
