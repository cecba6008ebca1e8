"""Kinds of alert, one module each: ``find(case, budget) -> Found``. ``rashin.judge.watch`` runs them all."""
