{% snapshot snap %}{{ config(target_schema='dbt_demo', unique_key='id', strategy='check', check_cols=['name']) }} select id, name from {{ ref('people') }}{% endsnapshot %}
