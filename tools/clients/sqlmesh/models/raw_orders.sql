MODEL (
  name shop.raw_orders,
  kind SEED (path '../seeds/orders.csv'),
  columns (id INT64, customer STRING, amount FLOAT64, ordered_on DATE),
  grain id
);
