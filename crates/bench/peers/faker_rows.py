"""The benchmark's row of users, made with Faker and written with pandas, as tutorials show.

Takes the number of rows; writes them tab-separated to standard output.
"""

import sys
from datetime import timedelta

import pandas
from faker import Faker

rows = int(sys.argv[1])
faker = Faker()
Faker.seed(0)
table = []
for number in range(1, rows + 1):
    created = faker.date_time_between("-5y", "-1y")
    table.append(
        {
            "id": number,
            "name": faker.name(),
            "email": f"{number}.{faker.safe_email()}",
            "address": faker.address().replace("\n", ", "),
            "birthday": faker.date_of_birth(minimum_age=18, maximum_age=80),
            "status": faker.random_element(["active", "invited", "suspended", "closed"]),
            "balance": faker.pydecimal(left_digits=5, right_digits=2, positive=True),
            "bio": faker.text(max_nb_chars=72).replace("\n", " "),
            "created_at": created,
            "updated_at": created + timedelta(seconds=faker.random_int(0, 10_000_000)),
        }
    )
pandas.DataFrame(table).to_csv(sys.stdout, sep="\t", header=False, index=False)
