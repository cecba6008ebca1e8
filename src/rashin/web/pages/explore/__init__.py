"""Any KPIs by any dimensions."""
