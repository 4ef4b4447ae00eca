from etlimport.admin import alerts, ambiguities, records, runs

__all__ = ["alerts", "ambiguities", "records", "runs"]
