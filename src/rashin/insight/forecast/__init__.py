"""Volumes to come, per queue, channel and interval: days and history, lessons, bands, keeping, review and update within the day."""

from rashin.insight.forecast.ahead import Forecast, forecast, forecasts

__all__ = ["Forecast", "forecast", "forecasts"]
