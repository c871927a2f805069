MODEL (
  name shop.customers,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key customer),
  audits (unique_values(columns := (customer)))
);

SELECT customer, MIN(ordered_on) AS first_order, SUM(amount) AS amount
FROM shop.orders_by_day
GROUP BY customer
