#!/bin/sh
# Gives both roles the passwords of the addresses by which they come. Run by the image of PostgreSQL after roles.sql.
set -eu

password() {
  sed 's|^[^:]*://[^:]*:\([^@]*\)@.*$|\1|' "/run/secrets/$1"
}

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname="$POSTGRES_DB" \
  --set=migrate="$(password migrate_database_url)" --set=serve="$(password database_url)" <<'SQL'
alter role consentry_migrate password :'migrate';
alter role consentry password :'serve';
SQL
