// What the Go client of BigQuery does against a server whose address is the first argument.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
)

var (
	ctx    = context.Background()
	client *bigquery.Client
	passed int
)

func must(name string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func check(name string, actual, expected any) {
	if !reflect.DeepEqual(actual, expected) {
		must(name, fmt.Errorf("%#v, expected %#v", actual, expected))
	}
	passed++
}

func rows(name, sql string, parameters ...bigquery.QueryParameter) [][]bigquery.Value {
	query := client.Query(sql)
	query.Parameters = parameters
	it, err := query.Read(ctx)
	must(name, err)
	var all [][]bigquery.Value
	for {
		var row []bigquery.Value
		err := it.Next(&row)
		if errors.Is(err, iterator.Done) {
			return all
		}
		must(name, err)
		all = append(all, row)
	}
}

func code(err error) int {
	var failure *googleapi.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return 0
}

type item struct {
	ID   int64
	Tags []string
	Made time.Time
}

func main() {
	var err error
	client, err = bigquery.NewClient(ctx, "test-project",
		option.WithEndpoint(os.Args[1]+"/bigquery/v2/"), option.WithoutAuthentication())
	must("client", err)
	dataset := client.Dataset("golang")
	must("dataset", dataset.Create(ctx, &bigquery.DatasetMetadata{Description: "made by Go"}))
	metadata, err := dataset.Metadata(ctx)
	must("metadata", err)
	check("metadata", metadata.Description, "made by Go")
	check("there already", code(dataset.Create(ctx, nil)), 409)

	check("scalars", rows("scalars", "SELECT 1, 1.5, TRUE, 'x', DATE '2020-01-02', TIMESTAMP '2020-01-02 03:04:05.5+00', [1, 2]"),
		[][]bigquery.Value{{int64(1), 1.5, true, "x", civil.Date{Year: 2020, Month: 1, Day: 2},
			time.Date(2020, 1, 2, 3, 4, 5, 500_000_000, time.UTC), []bigquery.Value{int64(1), int64(2)}}})
	check("times", rows("times", "SELECT DATETIME '2020-01-02 03:04:05.25', TIME '01:02:03.5'"),
		[][]bigquery.Value{{civil.DateTime{Date: civil.Date{Year: 2020, Month: 1, Day: 2},
			Time: civil.Time{Hour: 3, Minute: 4, Second: 5, Nanosecond: 250_000_000}},
			civil.Time{Hour: 1, Minute: 2, Second: 3, Nanosecond: 500_000_000}}})
	check("parameters", rows("parameters", "SELECT @n + 1, @s, @l",
		bigquery.QueryParameter{Name: "n", Value: 4}, bigquery.QueryParameter{Name: "s", Value: "it's"},
		bigquery.QueryParameter{Name: "l", Value: []string{"a", "b"}}),
		[][]bigquery.Value{{int64(5), "it's", []bigquery.Value{"a", "b"}}})
	check("pages", len(rows("pages", "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS n")), 10000)

	schema, err := bigquery.InferSchema(item{})
	must("schema", err)
	table := dataset.Table("items")
	must("table", table.Create(ctx, &bigquery.TableMetadata{Schema: schema}))
	made := time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
	must("insert", table.Inserter().Put(ctx, []item{{1, []string{"a"}, made}, {2, nil, made}}))
	check("inserted", rows("inserted", "SELECT COUNT(*), SUM(ID) FROM golang.items"), [][]bigquery.Value{{int64(2), int64(3)}})
	described, err := table.Metadata(ctx)
	must("table metadata", err)
	check("rows", described.NumRows, uint64(2))
	changed, err := table.Update(ctx, bigquery.TableMetadataToUpdate{Description: "items"}, described.ETag)
	must("update", err)
	check("update", changed.Description, "items")
	_, err = table.Update(ctx, bigquery.TableMetadataToUpdate{Description: "late"}, described.ETag)
	check("etag", code(err), 412)

	source := bigquery.NewReaderSource(strings.NewReader("1,x\n2,y\n"))
	source.Schema = bigquery.Schema{{Name: "a", Type: bigquery.IntegerFieldType}, {Name: "b", Type: bigquery.StringFieldType}}
	job, err := dataset.Table("loaded").LoaderFrom(source).Run(ctx)
	must("load", err)
	status, err := job.Wait(ctx)
	must("load", err)
	must("load", status.Err())
	check("loaded", rows("loaded", "SELECT a, b FROM golang.loaded ORDER BY a"), [][]bigquery.Value{{int64(1), "x"}, {int64(2), "y"}})
	copier := dataset.Table("copied").CopierFrom(dataset.Table("loaded"))
	job, err = copier.Run(ctx)
	must("copy", err)
	_, err = job.Wait(ctx)
	must("copy", err)
	check("copied", rows("copied", "SELECT COUNT(*) FROM golang.copied"), [][]bigquery.Value{{int64(2)}})

	_, err = client.Query("SELECT nope").Read(ctx)
	check("wrong query", err != nil && strings.Contains(err.Error(), "Unrecognized name: nope at [1:8]"), true)
	dry := client.Query("SELECT a FROM golang.loaded")
	dry.DryRun = true
	job, err = dry.Run(ctx)
	must("dry run", err)
	check("dry run", job.LastStatus().Statistics.Details.(*bigquery.QueryStatistics).StatementType, "SELECT")
	must("delete", dataset.DeleteWithContents(ctx))
	fmt.Printf("%d passed\n", passed)
}
