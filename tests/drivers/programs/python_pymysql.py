import os

import pymysql
from pymysql.constants import CLIENT

from python_common import session


def connect():
    return pymysql.connect(
        host=os.environ["DRIVER_HOST"],
        port=int(os.environ["DRIVER_PORT"]),
        user=os.environ["DRIVER_USER"],
        password=os.environ["DRIVER_PASSWORD"],
        database=os.environ["DRIVER_SCHEMA"],
        charset="utf8mb4",
        local_infile=True,
        max_allowed_packet=64 << 20,
        client_flag=CLIENT.MULTI_STATEMENTS,
    )


session(connect, os.environ["DRIVER_FILE"], lambda error: error.args[0])
