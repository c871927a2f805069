MODEL (
  name shop.history,
  kind SCD_TYPE_2_BY_COLUMN (unique_key customer, columns [amount])
);

SELECT customer, amount FROM shop.customers
