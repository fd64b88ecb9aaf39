import os

import MySQLdb.connections
from MySQLdb.constants import CLIENT

from python_common import session


class Connection(MySQLdb.connections.Connection):
    def begin(self):
        self.query("BEGIN")


def connect():
    return Connection(
        host=os.environ["DRIVER_HOST"],
        port=int(os.environ["DRIVER_PORT"]),
        user=os.environ["DRIVER_USER"],
        password=os.environ["DRIVER_PASSWORD"],
        database=os.environ["DRIVER_SCHEMA"],
        charset="utf8mb4",
        local_infile=1,
        client_flag=CLIENT.MULTI_STATEMENTS,
    )


session(connect, os.environ["DRIVER_FILE"], lambda error: error.args[0])
