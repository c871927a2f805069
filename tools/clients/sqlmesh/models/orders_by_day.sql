MODEL (
  name shop.orders_by_day,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ordered_on),
  partitioned_by ordered_on,
  clustered_by customer,
  description 'Amounts by day and customer',
  column_descriptions (amount = 'the sum of a day'),
  audits (not_null(columns := (customer, amount)))
);

SELECT ordered_on, customer, SUM(amount) AS amount, COUNT(*) AS orders
FROM shop.raw_orders
WHERE ordered_on BETWEEN @start_date AND @end_date
GROUP BY ordered_on, customer
