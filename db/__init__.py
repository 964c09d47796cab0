"""The database room: tables, sessions, migrations and the embedded PostgreSQL server."""
