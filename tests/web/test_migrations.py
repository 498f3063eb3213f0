from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from core.db import Model, db


def test_up_down_up_and_no_drift_from_the_tables_in_code(app):
    folder = app.extensions["migrate"].directory
    downgrade(directory=folder, revision="base")
    assert set(db.inspect(db.engine).get_table_names()) <= {"alembic_version"}

    upgrade(directory=folder)
    with db.engine.connect() as connection:
        drift = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Model.metadata)

    assert drift == []
