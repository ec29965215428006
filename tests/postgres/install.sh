#!/usr/bin/env bash
# A PostgreSQL server for tests/postgres, which start and stop their own: installs Debian's package where none is found.
# READINESS_POSTGRES names the folder of initdb and postgres; READINESS_WITHOUT_POSTGRES=1 leaves these tests out.
set -euo pipefail

if [ -n "${READINESS_WITHOUT_POSTGRES:-}" ]; then
  echo "READINESS_WITHOUT_POSTGRES is set: nothing is tried with a real PostgreSQL"
  exit 0
fi
find_server() {
  for folder in ${READINESS_POSTGRES:+"$READINESS_POSTGRES"} /usr/lib/postgresql/*/bin ${PATH//:/ }; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/psql" ]; then echo "$folder"; return; fi
  done
}
if [ -z "$(find_server)" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  patience=(-qq -o Acquire::Retries=3 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60)
  # The programs are wanted, not a server that runs beside the tests.
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/none.conf
  apt-get "${patience[@]}" update
  apt-get "${patience[@]}" install -y --no-install-recommends postgresql </dev/null >/dev/null
fi
server=$(find_server)
if [ -z "$server" ]; then
  echo "no PostgreSQL found: install it (Debian: apt-get install postgresql), name its folder in READINESS_POSTGRES," >&2
  echo "or set READINESS_WITHOUT_POSTGRES=1 to leave its tests out" >&2
  exit 2
fi
"$server/postgres" --version
