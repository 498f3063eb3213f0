from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.db import Model, db
from core.migrations import current, downgrade, upgrade


def test_up_down_up_and_no_drift_from_the_tables_in_code(app):
    downgrade("base")
    assert set(db.inspect(db.engine).get_table_names()) <= {"alembic_version"}

    upgrade()
    assert current()[0] == current()[1]
    with db.engine.connect() as connection:
        drift = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Model.metadata)

    assert drift == []
