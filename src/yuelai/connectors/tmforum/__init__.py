"""A business support system that speaks TM Forum's Open APIs: accounts, bills, payments, products and orders."""
