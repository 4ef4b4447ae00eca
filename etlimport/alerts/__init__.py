from etlimport.alerts.incidents import check_alerts, open_incidents

__all__ = ["check_alerts", "open_incidents"]
