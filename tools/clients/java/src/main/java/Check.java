import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.*;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the Java client of BigQuery does against a server whose address is the first argument. */
public class Check {
  private static int passed = 0;

  private static void check(String name, Object actual, Object expected) {
    if (!Objects.equals(actual, expected)) {
      System.err.println(name + ": " + actual + ", expected " + expected);
      System.exit(1);
    }
    passed++;
  }

  public static void main(String[] args) throws InterruptedException {
    BigQuery client =
        BigQueryOptions.newBuilder()
            .setProjectId("test-project")
            .setHost(args[0])
            .setCredentials(NoCredentials.getInstance())
            .build()
            .getService();
    Dataset dataset = client.create(DatasetInfo.newBuilder("java").setDescription("made by Java").build());
    check("dataset", client.getDataset("java").getDescription(), "made by Java");
    FieldValueList row =
        client.query(QueryJobConfiguration.of("SELECT 1 AS i, 'x' AS s, TIMESTAMP '2020-01-01 00:00:00+00' AS t, [1, 2] AS l"))
            .iterateAll().iterator().next();
    check("integer", row.get("i").getLongValue(), 1L);
    check("string", row.get("s").getStringValue(), "x");
    check("timestamp", row.get("t").getTimestampValue(), 1577836800000000L);
    check("list", row.get("l").getRepeatedValue().get(1).getLongValue(), 2L);
    QueryJobConfiguration parameters =
        QueryJobConfiguration.newBuilder("SELECT @n + 1 AS n, @s AS s")
            .addNamedParameter("n", QueryParameterValue.int64(4))
            .addNamedParameter("s", QueryParameterValue.string("it's"))
            .build();
    check("parameters", client.query(parameters).iterateAll().iterator().next().get("n").getLongValue(), 5L);
    Schema schema = Schema.of(Field.of("id", StandardSQLTypeName.INT64), Field.of("name", StandardSQLTypeName.STRING));
    TableId id = TableId.of("java", "t");
    client.create(TableInfo.of(id, StandardTableDefinition.of(schema)));
    InsertAllResponse inserted = client.insertAll(InsertAllRequest.newBuilder(id).addRow(Map.of("id", 1, "name", "a")).build());
    check("insert", inserted.hasErrors(), false);
    check("rows", client.listTableData(id, schema).iterateAll().iterator().next().get("name").getStringValue(), "a");
    check("metadata", client.getTable(id).getDefinition().getSchema().getFields().size(), 2);
    long pages = 0;
    for (FieldValueList ignored : client.query(QueryJobConfiguration.of("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS n")).iterateAll()) pages++;
    check("pages", pages, 10000L);
    Job job = client.create(JobInfo.of(QueryJobConfiguration.of("INSERT INTO java.t VALUES (2, 'b')"))).waitFor();
    JobStatistics.QueryStatistics statistics = job.getStatistics();
    check("changes", statistics.getNumDmlAffectedRows(), 1L);
    try {
      client.query(QueryJobConfiguration.of("SELECT nope"));
      check("wrong query", "nothing failed", "");
    } catch (BigQueryException error) {
      check("wrong query", error.getMessage().contains("Unrecognized name: nope at [1:8]"), true);
    }
    check("deleted", client.delete("java", BigQuery.DatasetDeleteOption.deleteContents()), true);
    System.out.println(passed + " passed");
    System.exit(0);
  }
}
