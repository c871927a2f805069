MODEL (name shop.best, kind VIEW);

SELECT customer, amount FROM shop.totals ORDER BY amount DESC LIMIT 1
