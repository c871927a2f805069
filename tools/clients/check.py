"""What the Python client of BigQuery does against a server whose address is the first argument, the port of its Storage API the second."""

import datetime
import decimal
import io
import sys

import grpc
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, bigquery_storage
from google.cloud.bigquery import dbapi
from google.cloud.bigquery_storage import types
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

client = bigquery.Client(
    project="test-project",
    credentials=AnonymousCredentials(),
    client_options=ClientOptions(api_endpoint=sys.argv[1]),
)
passed = []


def check(name, actual, expected):
    if actual != expected:
        sys.exit(f"{name}: {actual!r}, expected {expected!r}")
    passed.append(name)


def rows(sql, **config):
    job_config = bigquery.QueryJobConfig(**config) if config else None
    return [tuple(row.values()) for row in client.query(sql, job_config=job_config).result()]


def fails(name, kind, text, work):
    try:
        work()
    except kind as error:
        if text not in str(error):
            sys.exit(f"{name}: {error}")
        passed.append(name)
        return
    sys.exit(f"{name}: nothing failed")


UTC = datetime.timezone.utc

dataset = client.create_dataset("py", exists_ok=True)
check("dataset", [one.dataset_id for one in client.list_datasets()], ["py"])
check("scalars", rows(
    "SELECT 1, 1.5, TRUE, 'x', b'y', DATE '2020-01-02', DATETIME '2020-01-02 03:04:05', TIME '01:02:03',"
    " TIMESTAMP '2020-01-02 03:04:05.000006+00', NUMERIC '1.25', [1, 2], STRUCT(1 AS a, ['x'] AS b), NULL"
), [(
    1, 1.5, True, "x", b"y", datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5),
    datetime.time(1, 2, 3), datetime.datetime(2020, 1, 2, 3, 4, 5, 6, UTC), decimal.Decimal("1.25"),
    [1, 2], {"a": 1, "b": ["x"]}, None,
)])
check("fractions", rows(
    "SELECT DATETIME '2020-01-02 03:04:05.5', TIME '01:02:03.25', TIMESTAMP '1969-12-31 23:59:59.5+00'"
), [(
    datetime.datetime(2020, 1, 2, 3, 4, 5, 500000), datetime.time(1, 2, 3, 250000),
    datetime.datetime(1969, 12, 31, 23, 59, 59, 500000, UTC),
)])
parameters = [
    bigquery.ScalarQueryParameter("i", "INT64", 5),
    bigquery.ScalarQueryParameter("s", "STRING", "it's"),
    bigquery.ScalarQueryParameter("n", "NUMERIC", decimal.Decimal("1.5")),
    bigquery.ScalarQueryParameter("b", "BYTES", b"\x00\xff"),
    bigquery.ScalarQueryParameter("t", "TIMESTAMP", datetime.datetime(2020, 1, 1, tzinfo=UTC)),
    bigquery.ScalarQueryParameter("d", "DATE", datetime.date(2020, 1, 1)),
    bigquery.ScalarQueryParameter("none", "INT64", None),
    bigquery.ArrayQueryParameter("a", "INT64", [1, 2]),
    bigquery.StructQueryParameter(
        "st", bigquery.ScalarQueryParameter("x", "INT64", 1), bigquery.ScalarQueryParameter("y", "STRING", "z")
    ),
]
check("named parameters", rows("SELECT @i, @s, @n, @b, @t, @d, @none, @a, @st.y", query_parameters=parameters), [(
    5, "it's", decimal.Decimal("1.5"), b"\x00\xff", datetime.datetime(2020, 1, 1, tzinfo=UTC),
    datetime.date(2020, 1, 1), None, [1, 2], "z",
)])
positional = [bigquery.ScalarQueryParameter(None, "INT64", 1), bigquery.ScalarQueryParameter(None, "STRING", "x")]
check("positional parameters", rows("SELECT ?, ?", query_parameters=positional), [(1, "x")])

schema = [
    bigquery.SchemaField("id", "INT64", mode="REQUIRED", description="the key"),
    bigquery.SchemaField("tags", "STRING", mode="REPEATED"),
    bigquery.SchemaField("place", "RECORD", fields=[bigquery.SchemaField("city", "STRING")]),
    bigquery.SchemaField("day", "DATE"),
]
table = bigquery.Table("test-project.py.t", schema=schema)
table.time_partitioning = bigquery.TimePartitioning(field="day")
table.clustering_fields = ["id"]
table = client.create_table(table)
check("schema", [(field.name, field.field_type, field.mode) for field in table.schema], [
    ("id", "INTEGER", "REQUIRED"), ("tags", "STRING", "REPEATED"), ("place", "RECORD", "NULLABLE"), ("day", "DATE", "NULLABLE"),
])
check("insert", client.insert_rows_json(table, [
    {"id": 1, "tags": ["a", "b"], "place": {"city": "Oslo"}, "day": "2020-01-01"}, {"id": 2},
]), [])
check("insert errors", [error["index"] for error in client.insert_rows_json(table, [{"id": 3}, {"nope": 1}])], [0, 1])
check("list rows", sorted(tuple(row.values()) for row in client.list_rows(table)), [
    (1, ["a", "b"], {"city": "Oslo"}, datetime.date(2020, 1, 1)), (2, [], None, None),
])
table = client.get_table(table)
check("rows of the table", table.num_rows, 2)
table.description = "changed"
table.labels = {"k": "v"}
table = client.update_table(table, ["description", "labels"])
check("update", (table.description, table.labels), ("changed", {"k": "v"}))
stale = client.get_table(table)
client.update_table(table, ["description"])
fails("etag", exceptions.PreconditionFailed, "Precondition", lambda: client.update_table(stale, ["description"]))

job = client.load_table_from_json([{"id": 5, "tags": ["c"]}], table)
check("load JSON", (job.result().output_rows, job.state), (1, "DONE"))
config = bigquery.LoadJobConfig(autodetect=True, source_format="CSV", skip_leading_rows=1)
job = client.load_table_from_file(io.BytesIO(b"a,b\n1,x\n2,y\n"), "test-project.py.csv", job_config=config)
job.result()
check("load CSV", rows("SELECT a, b FROM py.csv ORDER BY a"), [(1, "x"), (2, "y")])
client.copy_table("test-project.py.csv", "test-project.py.copied").result()
check("copy", client.get_table("test-project.py.copied").num_rows, 2)

numbers = client.query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS n ORDER BY n")
check("pages", sum(1 for _ in numbers.result(page_size=777)), 10000)
frame = client.query("SELECT 1 AS a, 'x' AS b, DATE '2020-01-01' AS d UNION ALL SELECT 2, 'y', NULL ORDER BY 1").to_dataframe(
    create_bqstorage_client=False
)
check("data frame", (frame["a"].tolist(), frame["b"].tolist()), ([1, 2], ["x", "y"]))
channel = grpc.insecure_channel(f"127.0.0.1:{sys.argv[2]}")
storage = bigquery_storage.BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=channel))
client.query("CREATE TABLE py.many AS SELECT n, IF(MOD(n, 7) = 0, NULL, [n, -n]) AS l FROM UNNEST(GENERATE_ARRAY(1, 120000)) AS n").result()
read = client.list_rows("test-project.py.many").to_dataframe(bqstorage_client=storage)
check("data frame through the Storage API", (len(read), int(read["n"].sum())), (120000, 120000 * 120001 // 2))
found = client.query("SELECT n, NUMERIC '0.1' * n AS m FROM py.many").to_arrow(bqstorage_client=storage)
check("arrow through the Storage API", (found.num_rows, str(found.schema.field("m").type)), (120000, "decimal128(38, 9)"))
for data_format in (types.DataFormat.ARROW, types.DataFormat.AVRO):
    session = storage.create_read_session(
        parent="projects/test-project",
        read_session=types.ReadSession(
            table="projects/test-project/datasets/py/tables/many",
            data_format=data_format,
            read_options={"selected_fields": ["n"], "row_restriction": "n > 20000"},
        ),
        max_stream_count=2,
    )
    streams = [list(storage.read_rows(stream.name).rows(session)) for stream in session.streams]
    told = (len(streams), sum(len(stream) for stream in streams), int(str(streams[0][0]["n"])) > 20000)
    check(f"streams in {data_format.name}", told, (2, 100000, True))
client.load_table_from_dataframe(frame, "test-project.py.frame").result()
check("load data frame", rows("SELECT COUNT(*), SUM(a), MAX(b) FROM py.frame"), [(2, 3, "y")])

dry = client.query("SELECT * FROM py.csv", job_config=bigquery.QueryJobConfig(dry_run=True))
check("dry run", ([field.name for field in dry.schema], dry.statement_type), (["a", "b"], "SELECT"))
done = client.query("INSERT INTO py.csv VALUES (3, 'z')", job_config=bigquery.QueryJobConfig(labels={"l": "m"}))
done.result()
check("changes", (done.num_dml_affected_rows, done.statement_type, done.labels), (1, "INSERT", {"l": "m"}))
target = bigquery.QueryJobConfig(destination="test-project.py.target", write_disposition="WRITE_TRUNCATE")
client.query("SELECT 7 AS x", job_config=target).result()
check("destination", rows("SELECT x FROM py.target"), [(7,)])
script = client.query("DECLARE x INT64 DEFAULT 1; SELECT x; SELECT x + 1")
script.result()
check("script", sorted(child.statement_type for child in client.list_jobs(parent_job=script)), ["SELECT", "SELECT"])
check("job", client.get_job(done.job_id).state, "DONE")
fails("wrong query", exceptions.BadRequest, "Unrecognized name: nope at [1:8]", lambda: rows("SELECT nope"))
fails("missing table", exceptions.NotFound, "Not found: Table test-project:py.missing", lambda: rows("SELECT * FROM py.missing"))
fails("there already", exceptions.Conflict, "Already Exists", lambda: client.create_dataset("py"))

routine = bigquery.Routine("test-project.py.twice", type_="SCALAR_FUNCTION", language="SQL", body="x * 2", arguments=[
    bigquery.RoutineArgument(name="x", data_type=bigquery.StandardSqlDataType(type_kind=bigquery.StandardSqlTypeNames.INT64))
])
client.create_routine(routine)
check("routine", rows("SELECT py.twice(4)"), [(8,)])

cursor = dbapi.connect(client).cursor()
cursor.execute("SELECT %(x)s AS x", {"x": 3})
check("DB-API", [tuple(row.values()) for row in cursor.fetchall()], [(3,)])
client.delete_dataset(dataset, delete_contents=True)
check("deleted", list(client.list_datasets()), [])
print(f"{len(passed)} passed: {', '.join(passed)}")
