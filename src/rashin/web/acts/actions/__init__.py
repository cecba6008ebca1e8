"""Every write about what people do with figures, one module an idea: ``by=``, one transaction, the audit row, the scope checked before anything is written."""
