MODEL (name shop.totals, kind FULL);

SELECT customer, amount, STRUCT(first_order AS day, [amount] AS list) AS nested FROM shop.customers
