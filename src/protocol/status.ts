/** SERVER_STATUS_* bits of OK and EOF packets. */
export const SERVER_STATUS_IN_TRANS = 0x0001;
export const SERVER_STATUS_AUTOCOMMIT = 0x0002;
/** Another result follows in the same response. */
export const SERVER_MORE_RESULTS_EXISTS = 0x0008;
/** A cursor was opened: no rows follow the column definitions. */
export const SERVER_STATUS_CURSOR_EXISTS = 0x0040;
export const SERVER_STATUS_NO_BACKSLASH_ESCAPES = 0x0200;
export const SERVER_STATUS_IN_TRANS_READONLY = 0x2000;
/** The OK packet carries session tracking. */
export const SERVER_SESSION_STATE_CHANGED = 0x4000;
/** MariaDB only: sql_mode ANSI_QUOTES is on. */
export const SERVER_STATUS_ANSI_QUOTES = 0x8000;
