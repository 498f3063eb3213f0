"""Online registration by the sending delegations themselves, and its approval by the organiser (在线报名、资格审核)."""
