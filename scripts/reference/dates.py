"""Reference values of python-dateutil and datetime.strptime for test/core/data/dates.test.ts.

Prints JSON; run with the Python of .venv.
"""
import json
from datetime import datetime

from dateutil import parser

TEXTS = [
    "2019-04-01", "2019/04/13", "01/01/2010", "12/31/2019", "31/12/2019", "abc", "cat", "2020-02-30", "13/13/2020",
    "Jan 01 1970 12:00:01", "5 March 2021", "March 5, 2021", "25-Sep-2003", "Thu Sep 25 2003", "2003-09-25T10:49:41",
    "2003-09-25T10:49:41.5-03:00", "2003-09-25T10:49:41Z", "20030925", "10:30 PM Jan 5 2020", "12:30 AM Jan 5 2020",
    "2020-01-01 25:00:00", "2020-01-01 10:61:00", "July 4 1976", "Sat Oct 11 17:13:46 UTC 2003", "99-01-02",
    "2020-13-01", "horse 2020", "01.02.2003", "2011-01-01T00:00", "1/2/03",
]
FORMATS = [
    ("%Y-%m-%d", ["2019-04-01", "2019-4-1", "2019-02-30", "19-04-01", "2019-04-01 "]),
    ("%d/%m/%Y", ["31/12/2019", "12/31/2019"]),
    ("%m-%d-%Y", ["01-01-2019", "01/20/2019"]),
    ("%Y-%m-%dT%H:%M:%S", ["1977-05-55T00:00:00", "1980-05-21T13:47:59", "1980-05-21T24:00:00"]),
    ("%b %d %Y", ["Feb 29 2020", "Feb 29 2021", "feb 01 2021"]),
    ("%I:%M %p", ["12:30 PM", "13:30 PM", "1:05 am"]),
    ("%y%j", ["20366", "21366"]),
    ("%Y-%m-%d %H:%M:%S.%f%z", ["2020-01-01 00:00:00.5+0100", "2020-01-01 00:00:00.1234567+0100"]),
]


def parsed(text):
    try:
        moment = parser.parse(text, default=datetime(2000, 1, 1))
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is not None:
        moment = (moment - moment.utcoffset()).replace(tzinfo=None)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def read(text, form):
    try:
        datetime.strptime(text, form)
        return True
    except ValueError:
        return False


print(json.dumps({
    "dateutil": [[text, parsed(text)] for text in TEXTS],
    "strptime": [[form, text, read(text, form)] for form, texts in FORMATS for text in texts],
}, indent=2))
