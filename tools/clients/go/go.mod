module fastbreak/clients

go 1.26.0

require (
	cloud.google.com/go v0.123.0
	cloud.google.com/go/bigquery v1.86.2
	google.golang.org/api v0.313.0
)
