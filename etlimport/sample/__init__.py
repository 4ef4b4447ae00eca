from etlimport.sample.snapshot import Counts, make_snapshot
__all__ = ["Counts", "make_snapshot"]
