# Copies of databases, for MySQL and MariaDB, which have no command for it. Who takes this in sets `client` and `dumper` to
# the programs and `connection` to their arguments.

sql() {
  "$client" "${connection[@]}" --default-character-set=utf8mb4 --batch --skip-column-names --raw "$@"
}

# The definitions of a database, as the server's own tool writes them.
definitions() {
  "$dumper" "${connection[@]}" --default-character-set=utf8mb4 --no-data --skip-comments --skip-lock-tables --no-tablespaces \
    "${of_mysql[@]}" "$@"
}

# What MySQL's tool would else ask of a server of another version, or write of a server's other databases.
of_mysql=()
[[ $("$dumper" --version 2> /dev/null) == *MariaDB* ]] || of_mysql=(--set-gtid-purged=OFF --loose-column-statistics=0)

identifier() { printf '`%s`' "${1//\`/\`\`}"; }

text() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

# Writes into a database what it is to us. An event that never happens goes with its database, and no dump has it that
# isn't asked for events.
mark() {
  sql --database="$1" --execute="SET sql_notes = 0; DROP EVENT IF EXISTS git_database;
    CREATE EVENT git_database ON SCHEDULE EVERY 1 YEAR DISABLE DO SET @git_database = $(text "$2")"
}

# Makes an empty database with the settings of another one, in the place of whatever has its name.
begin() {
  local from=$1 to=$2
  # Who is in the middle of something would be waited for.
  sql --execute="SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist
    WHERE db = $(text "$to") AND id <> CONNECTION_ID()" | sql --force 2> /dev/null
  sql --execute="SET sql_notes = 0, lock_wait_timeout = 20; DROP DATABASE IF EXISTS $(identifier "$to")" || return
  sql --execute="SELECT CONCAT('CREATE DATABASE ', $(text "$(identifier "$to")"), ' CHARACTER SET ', default_character_set_name,
    ' COLLATE ', default_collation_name) FROM information_schema.schemata WHERE schema_name = $(text "$from")" |
    sql && mark "$to" unfinished
}

# A statement for each table of a database: for those whose files can be copied (1), or for all others (0).
of_tables() {
  local from=$1 statement=$2 as_file=$3 name
  name=$(text "$from")
  # The server looks at conditions on such tables before it has filled all their columns, so what is wanted is chosen here.
  # And it looks into every table again for each row that a subquery depends on.
  sql --execute="/*!80000 SET information_schema_stats_expiry = 0 */; SET group_concat_max_len = 1048576;
    SELECT t.engine = 'InnoDB' AND t.create_options NOT LIKE '%partitioned%' AND t.data_length + t.index_length >= 1048576
        AND f.name IS NULL,
      REPLACE(REPLACE($(text "$statement"), '{columns}', c.names), '{table}', CONCAT('\`', REPLACE(t.table_name, '\`', '\`\`'), '\`'))
    FROM information_schema.tables t
    JOIN (SELECT CAST(table_name AS BINARY) AS name,
        GROUP_CONCAT('\`', REPLACE(column_name, '\`', '\`\`'), '\`' ORDER BY ordinal_position) AS names
      FROM information_schema.columns WHERE table_schema = $name AND COALESCE(generation_expression, '') = ''
      GROUP BY CAST(table_name AS BINARY)) AS c ON c.name = CAST(t.table_name AS BINARY)
    LEFT JOIN (SELECT DISTINCT CAST(table_name AS BINARY) AS name FROM information_schema.statistics
      WHERE table_schema = $name AND index_type = 'FULLTEXT') AS f ON f.name = CAST(t.table_name AS BINARY)
    WHERE t.table_schema = $name AND t.table_type = 'BASE TABLE' ORDER BY t.table_name" |
    sed -n "s/^[$as_file]$(printf '\t')//p"
}

# The directory of a database below the server's own, if this is the server's machine and may write there.
directory() {
  local host data encoded=${1//-/@002d}
  IFS=$'\t' read -r host data <<< "$(sql --execute="SELECT @@hostname, @@datadir")"
  [[ $1 =~ ^[A-Za-z0-9_-]+$ ]] && [ "$host" = "$HOSTNAME" ] && [ -w "$data/$encoded" ] && printf '%s' "${data%/}/$encoded"
}

# Runs statements by as many connections as there are processors, 4 at most.
side_by_side() {
  local database=$1 file=$2 place running=() connections line number
  connections=$(nproc 2> /dev/null || echo 1)
  [ "$connections" -le 4 ] || connections=4
  for ((place = 0; place < connections; place++)); do
    {
      echo "SET foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO';"
      number=0
      while IFS= read -r line; do
        [ "$((number++ % connections))" -ne "$place" ] || printf '%s\n' "$line"
      done < "$file"
    } | sql --database="$database" &
    running+=($!)
  done
  local failed=0
  for place in "${running[@]}"; do wait "$place" || failed=1; done
  return "$failed"
}

# Large tables as files: the server hands out tables that are at rest as long as one session has them, and takes files in.
files() {
  local from=$1 to=$2 work=$3 source target about session held=1
  source=$(directory "$from") && target=$(directory "$to") || return
  of_tables "$from" "ALTER TABLE {table} DISCARD TABLESPACE;" 1 > "$work/discard" || return
  [ -s "$work/discard" ] || return 0
  of_tables "$from" "ALTER TABLE {table} IMPORT TABLESPACE;" 1 > "$work/import" || return
  side_by_side "$to" "$work/discard" || return
  mkfifo "$work/statements" || return
  sql --unbuffered --database="$from" < "$work/statements" > "$work/said" &
  session=$!
  exec 8> "$work/statements"
  echo "FLUSH TABLES $(of_tables "$from" '{table}' 1 | paste -s -d , -) FOR EXPORT; SELECT 'held';" >&8
  until grep -q held "$work/said"; do
    kill -0 "$session" 2> /dev/null || { exec 8>&-; return 1; }
    sleep 0.02
  done
  for about in "$source"/*.cfg; do
    cp "$about" "${about%.cfg}.ibd" "$target/" || { held=0; break; }
  done
  exec 8>&-
  wait "$session" && [ "$held" = 1 ] || return
  # The server is another user than who is let into its container.
  [ "$(id -u)" -ne 0 ] || chown --reference="$target" "$target"/* || return
  side_by_side "$to" "$work/import"
  held=$?
  rm -f "$target"/*.cfg
  # A file that isn't taken in is nobody's, and would be in the way of the next database of this name.
  [ "$held" = 0 ] || { sql --execute="DROP DATABASE $(identifier "$to")"; rm -f "$target"/*.ibd; rmdir "$target"; }
  return "$held"
}

# Makes a database a copy of another one, whatever it is now, and marks it. Until it is whole it is marked as unfinished.
copy() (
  from=$1 to=$2 mark=$3
  command -v "$dumper" > /dev/null || { echo "\`${dumper##*/}\` isn't installed" >&2; return 1; }
  set -o pipefail
  work=$(mktemp -d) || return
  trap 'rm -rf "$work"' EXIT
  for rows in 0 01; do
    begin "$from" "$to" && definitions --skip-triggers --routines "$from" | sql --database="$to" || return
    # What can't be had as files is written again, row by row.
    [ "$rows" = 01 ] || files "$from" "$to" "$work" 2> "$work/refused" || continue
    break
  done
  of_tables "$from" "INSERT INTO {table} ({columns}) SELECT {columns} FROM $(identifier "$from").{table};" "$rows" > "$work/rows" ||
    return
  side_by_side "$to" "$work/rows" &&
    definitions --no-create-info --triggers --events "$from" | sql --database="$to" && mark "$to" "$mark"
)
