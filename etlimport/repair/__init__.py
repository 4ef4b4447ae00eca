from etlimport.repair.associations import Reassociation, re_associate_users
from etlimport.repair.contexts import ContextFix, fix_league_contexts

__all__ = ["ContextFix", "Reassociation", "fix_league_contexts", "re_associate_users"]
