#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the commands of docs/howto/https-server.md, word for word but for the port, as one script.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=build/tests/work/howto
mkdir -p "$work"

# Nobody may have the port: take one that is free now.
rm -f "$work/port"
build/tests/bad_server --text x --port-file "$work/port" &
probe=$!
tries=0
until [ -s "$work/port" ] || [ $tries -eq 100 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
port=$(cat "$work/port")
kill $probe
wait $probe 2>/dev/null

{
    echo 'set -eu'
    echo 'server='
    echo 'trap '\''[ -z "$server" ] || kill $server 2>/dev/null || :'\'' EXIT'
    awk '/^```sh$/ { code = 1; next } /^```$/ { code = 0 } code' docs/howto/https-server.md |
        sed "s/8070/$port/g"
} >"$work/commands.sh"

failed=0
n=$(grep -c '[a-z]' "$work/commands.sh")
if timeout 60 sh "$work/commands.sh" >"$work/log" 2>&1; then
    # The server's own log, printed by the last command of its part, proves that it served.
    [ "$(grep -c ' GET /hello_world.bin 200 ' "$work/log")" -eq 2 ] || failed=1
    grep -q ' GET /hello_world.bin 200 .* fragment 4096' "$work/log" || failed=1
else
    failed=1
fi
[ $failed -eq 0 ] || cat "$work/log"
echo "$n lines of commands"
echo "$((1 - failed)) passed, $failed failed"
exit $failed
