#!/bin/sh
# Makes the secrets of compose.yaml in the folder secrets beside it, each once: what is there stays as it is. The folder is
# closed to other users; its files are readable, as each container has a user of its own. tls.pem is yours to add.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets

random() {
  od -A n -t x1 -N 32 /dev/urandom | tr -d ' \n'
}

make() {
  if [ -e "$1" ]; then
    echo "secrets/$1 is there and stays."
  else
    printf '%s\n' "$2" >"$1"
    chmod 644 "$1"
    echo "secrets/$1 is made."
  fi
}

make consentry_secret "$(random)"
make postgres_password "$(random)"
make database_url "postgres://consentry:$(random)@postgres:5432/consentry"
make migrate_database_url "postgres://consentry_migrate:$(random)@postgres:5432/consentry"
[ -e tls.pem ] || echo 'Missing: secrets/tls.pem, the certificate with its chain and its key (PEM, one after the other).'
