"""What every package needs: errors, clock, configuration, database, accounts, audit, jobs."""
