{{ config(materialized='table', partition_by={'field':'day','data_type':'date'}, cluster_by=['id'], labels={'a':'b'}) }}
select id, name, date '2020-01-01' as day from {{ ref('raw_people') }}
