#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every kind of bad input to an update, on the board: simple_ota_example meets wrong networks, servers
# and images. Each row must end with the one error line that names cause, number and cure; the running
# image must keep running, otadata and every slot but the one being written must stay as they were; and
# the next update, from a good server, must work. Usage: bad_input.sh [ROW-NUMBER...]
set -u
. "$(dirname "$0")/../support/test.sh"
. "$(dirname "$0")/../support/firmware.sh"
work=$root/build/tests/bad_input
example=$root/examples/simple_ota_example
hello=$root/examples/hello_world
bad_server=$root/build/tests/bad_server
certs=$work/certs # a copy, like the command: one judges the whole table, whatever is built meanwhile
virtual_limit=40 # seconds of the board; every row has failed long before
greeting="Hello world!"

mkdir -p "$work/root" "$certs" && cd "$work" || exit 1
cp "$airslot" airslot && cp "$example"/server_certs/*.pem "$certs" || exit 1
airslot=$work/airslot

# --- the port, which the firmware has built in

# Succeeds when nobody listens on port $1; 0 lets the system choose. The port stands in the file free.
try_port() {
    rm -f free
    "$bad_server" --text x --port "$1" --port-file free 2>/dev/null &
    pid=$!
    await free
    stop_server
    [ -s free ]
}

choose_port() {
    { [ -s port ] && try_port "$(cat port)"; } || {
        try_port 0 || die "no free port"
        cp free port
    }
    port=$(cat port)
}

# --- servers, always one at a time on $port

stop_server() {
    [ -z "$pid" ] || stop 2>/dev/null
}

start() { # PROGRAM ARGUMENTS...
    "$@" >"$work/server.log" 2>&1 </dev/null &
    pid=$!
}

start_with_port_file() {
    rm -f listening
    start "$@" --port "$port" --port-file listening
    await listening || die "the server does not start: $(cat server.log)"
}

serve() { # FOLDER [CERTIFICATE KEY]
    start_with_port_file "$airslot" serve --root "$1" --bind 127.0.0.1 \
        --cert "${2-$certs/ca_cert.pem}" --key "${3-$certs/ca_key.pem}"
}

bad() { # OPTIONS of build/tests/bad_server
    start_with_port_file "$bad_server" --cert "$certs/ca_cert.pem" \
        --key "$certs/ca_key.pem" "$@"
}

# The server of the original document.
s_server() { # FOLDER
    cd "$1" || exit 1
    start openssl s_server -WWW -accept "$port" -key "$certs/ca_key.pem" -cert "$certs/ca_cert.pem"
    cd "$OLDPWD" || exit 1
    tries=0
    until grep -q ACCEPT server.log || [ $tries -ge 100 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

none() { :; }

# --- firmware, certificates and images

# The example with some options of its own, without further attempts: one failure is one line.
build_firmware() { # NAME URL OPTIONS...
    build_example "$work/$1" "CONFIG_FIRMWARE_UPGRADE_URL=\"$2\"" CONFIG_OTA_RETRIES=0 "${@:3}" ||
        die "firmware '$1' does not build"
}

# Another authority, and a certificate of the right authority for another host.
make_certificates() {
    "$airslot" cert --host 10.0.2.2 --out "$work/foreign" --force >/dev/null || die "cert"
    openssl req -newkey rsa:2048 -nodes -keyout other_key.pem -subj /CN=other.example \
        -out other.csr 2>/dev/null &&
        echo 'subjectAltName=DNS:other.example' >other.ext &&
        openssl x509 -req -in other.csr -CA "$certs/ca_cert.pem" -CAkey "$certs/ca_key.pem" \
            -set_serial 2 -days 30 -extfile other.ext -out other_cert.pem \
            2>/dev/null || die "openssl"
}

make_images() {
    good=$work/root/hello_world.bin
    cp "$hello/build/hello_world.bin" "$good" || die "hello_world is not built"
    large=$work/main/simple_ota.bin # for cuts: more than all buffers on the way hold
    size=$(wc -c <"$large")
    head -c $((size / 2)) "$large" >truncated.bin
    # One bit in the middle of the text segment.
    { head -c $((size / 2)) "$large" && tail -c +$((size / 2 + 1)) "$large" | head -c 1 |
        tr '\000-\177\200-\377' '\200-\377\000-\177' && tail -c +$((size / 2 + 2)) "$large"; } \
        >flipped.bin
    { cat "$good" && head -c 1048576 /dev/zero; } >oversized.bin
    seq 1 5000 >text.bin
    env -u MAKEFLAGS -u MAKELEVEL make -j2 --no-print-directory -C "$hello" \
        BUILD_DIR_BASE="$work/linked" SDKCONFIG="$work/linked.sdkconfig" APP_OFFSET=0x80000 app \
        >linked.log 2>&1 || die "hello_world for another slot does not build"
    linked=$work/linked/hello_world.bin
    mkdir -p no_file
}

# --- one row

board() { # FLASH OUTPUT OPTIONS...
    flash=$1 output=$2
    shift 2
    timeout 60 "$airslot" board --flash "$flash" --stats stats.json "$@" </dev/null \
        >"$output.raw" 2>board.err
    board_exit=$?
    tr -d '\r\033' <"$output.raw" >"$output"
}

stat_of() { figure "$1" stats.json; }

# The whole chip but ota_0; with it when nothing may have been erased.
is_untouched() { # BEFORE AFTER clean|written
    cmp -l "$1" "$2" | awk -v slot="$3" '
        { addr = $1 - 1 }
        slot == "clean" || addr < 1114112 || addr >= 2097152 {
            printf "0x%x", addr
            exit
        }' >changed
    [ -s changed ] || return 0
    why="flash changed at $(cat changed)"
    return 1
}

# Watched to the end of its time: one boot, and still executing the factory image.
is_running() {
    [ $board_exit -eq 3 ] && [ "$(stat_of resets)" = 0 ] && [ "$(stat_of mapped_offset)" = 65536 ] &&
        return
    why="the image did not keep running: $(cat stats.json board.err)"
    return 1
}

says() { # PATTERN
    n=$(grep -cE "$1" output)
    [ "$n" -eq 1 ] && return
    why="$n lines match: $1"
    return 1
}

updates() { # FLASH SERVER
    eval "$2"
    board "$1" good.output --until "$greeting" --time-limit $virtual_limit
    stop_server
    [ $board_exit -eq 0 ] && [ "$(stat_of mapped_offset)" = 1114112 ] && return
    why="the good update fails: $(grep -E '[EW] \([0-9]+\)' good.output)"
    return 1
}

# Whoever is cured by another configuration gets it: another application, a chip of the right size.
cure() { # FLASH FIRMWARE
    "$airslot" flash --port "file:$1" --flash-size 4MB 0x10000 "$work/$2/simple_ota.bin" \
        >flash.log 2>&1 && return
    why="cannot write the cure: $(cat flash.log)"
    return 1
}

is_wanted() {
    rows=$((rows + 1))
    case " $wanted " in
    "  " | *" $rows "*) ;;
    *) return 1 ;;
    esac
    why=
    flash=$work/row.flash
}

report() { # NAME
    if [ -z "$why" ]; then
        pass
        printf 'ok      %2d %s\n' $rows "$1"
    else
        fail "$(printf '%2d %s: %s' $rows "$1" "$why")"
        grep -E '[EW] \([0-9]+\)' output | sed 's/^/          /'
    fi
}

# SLOT: clean when the row must be refused before the first erase, written when data came first.
refused() { # NAME SLOT BOARD-OPTIONS SERVER PATTERN [FIRMWARE CURED-FIRMWARE GOOD-SERVER]
    is_wanted || return
    firmware=${6-main}
    chip=$(chip_size "$3")
    head -c "$chip" "$work/$firmware.flash" >"$flash"
    eval "$4"
    board "$flash" output --time-limit $virtual_limit $3
    stop_server
    tail -c +$((chip + 1)) "$work/$firmware.flash" >>"$flash"
    says "$5" && is_running && is_untouched "$work/$firmware.flash" "$flash" "$2" &&
        cure "$flash" "${7-main}" && updates "$flash" "${8-serve \"$work/root\"}"
    report "$1"
}

chip_size() { # BOARD-OPTIONS
    case $1 in
    *"--flash-size 1MB"*) echo 1048576 ;;
    *) echo 4194304 ;;
    esac
}

accepted() { # NAME SERVER
    is_wanted || return
    cp "$work/main.flash" "$flash"
    : >output
    updates "$flash" "$2"
    report "$1"
}

rows=0
wanted=$*
choose_port
url=//10.0.2.2:$port/hello_world.bin
build_firmware main "https:$url"
build_firmware http "http:$url"
build_firmware small "https:$url" CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN=4096 \
    CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH=n
build_firmware asking "https:$url" CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN=4096 \
    CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH=y
build_firmware strict "https:$url" CONFIG_OTA_SAME_PROJECT=y CONFIG_OTA_MIN_SECURE_VERSION=1
make_certificates
make_images

# The network.
refused "wrong SSID" clean "--ap elsewhere:airslot8266" "none" \
    "no access point 'airslot' in the air \(reason 201\): check EXAMPLE_WIFI_SSID"
refused "wrong password" clean "--ap airslot:another-password" "none" \
    "access point 'airslot' did not accept the password \(reason 15\): check EXAMPLE_WIFI_PASSWORD"
refused "no server" clean "" "none" \
    "cannot connect to 10\.0\.2\.2 port $port: 0x8004 \(.*\); check that the server runs there"

# The server's identity.
refused "certificate of another authority" clean "" \
    'serve "$work/root" "$work/foreign/ca_cert.pem" "$work/foreign/ca_key.pem"' \
    "mbedtls error: 0x2700: .* another authority than the given CA; embed the server's ca_cert\.pem"
refused "certificate of another host" clean "" \
    'serve "$work/root" other_cert.pem other_key.pem' \
    "mbedtls error: 0x2700: .* another name \(other\.example\), not for 10\.0\.2\.2; make one that"
refused "plain http URL" clean "" 'serve "$work/root"' \
    "plain http is refused: 0x102 \(ESP_ERR_INVALID_ARG\); give an https URL" http
refused "plain http on the https port" clean "" \
    'start_with_port_file "$bad_server" --file "$good"' \
    "mbedtls error: 0x7200: the server answers in plain http; give the port on which it speaks https"

# The answer.
refused "status 404" clean "" 'serve no_file' \
    "the server answers with status 404 instead of 200: 0xffffffff \(ESP_FAIL\); check the URL's path"
refused "status 200 with a text (s_server -WWW)" clean "" 's_server no_file' \
    "esp_ota_write failed: 0x1503 .* is no image .* Content-Type is 'text/plain'; check that the URL"
refused "redirect to plain http" clean "" \
    'bad --text moved --status 302 --location "http:$url"' \
    "the server redirects from https to http: 0x700d; it must stay with https"

# The connection.
refused "cut at 10 %" written "" 'bad --file "$large" --cut 10% --end fin' \
    "download broke off after [0-9]+ of $size bytes: 0x7008 \(.*\); .* try again"
refused "cut at 50 % by a reset" written "" 'bad --file "$large" --cut 50% --end rst' \
    "download broke off after [0-9]+ of $size bytes: 0x7008 \(.*\); .* try again"
refused "cut in the last segment" written "" 'bad --file "$large" --cut -100 --end fin' \
    "download broke off after [0-9]+ of $size bytes: 0x7008 \(.*\); .* try again"
refused "cut in the last segment, length unknown" written "" \
    'bad --file "$large" --cut -100 --framing none --http 1.0 --end fin' \
    "the end of the download is not proven after [0-9]+ bytes: 0x700c \(.*\); have the server send"
refused "shorter than its Content-Length" written "" 'bad --file "$large" --length-error 1000' \
    "download broke off after [0-9]+ of $((size + 1000)) bytes: 0x7008 \(.*\); .* try again"
refused "silence in the middle" written "" 'bad --file "$large" --cut 50% --end stall' \
    "download stalled after [0-9]+ of $size bytes: 0x[0-9a-f]+ \(ESP_ERR_HTTP_READ_TIMEOUT\); .* try"
refused "TLS record larger than IN_CONTENT_LEN" clean "" 'bad --file "$good"' \
    "mbedtls error: 0x7200: TLS record of [0-9]+ bytes is larger than .*_IN_CONTENT_LEN 4096; raise" \
    small asking 'bad --file "$good"'

# The image.
refused "image truncated" clean "" 'bad --file truncated.bin' \
    "image ends too early \(0x1503, .*; ASL_ERR_IMAGE_TRUNCATED\): the file or the download was cut"
refused "image truncated, length unknown" written "" \
    'bad --file truncated.bin --framing none --http 1.0' \
    "image ends too early \(0x1503, .*; ASL_ERR_IMAGE_TRUNCATED\): the file or the download was cut"
refused "image bit-flipped" written "" 'bad --file flipped.bin' \
    "image checksum does not match \(0x1503, .*; ASL_ERR_IMAGE_CHECKSUM\): the image is damaged"
refused "not an image" clean "" 'bad --file text.bin' \
    "not an application image .* \(0x1503, .*; ASL_ERR_IMAGE_MAGIC\): send the \.bin that the build"
refused "linked for another slot" clean "" 'bad --file "$linked"' \
    "image is linked for another slot \(0x1503, .*; ASL_ERR_IMAGE_LINK\): link it for the slot's"
refused "larger than the slot" clean "" 'bad --file oversized.bin' \
    "err=0x104 .*: needed $(wc -c <oversized.bin) bytes, available 983040: shrink"
refused "partition beyond the flash chip" clean "--flash-size 1MB" 'serve "$work/root"' \
    "err=0x104 .*: needed 2097152 bytes, available 1048576: the flash chip is smaller .*; choose a"

# The owner's rules, where they are on: cured by an application that has none.
refused "image of another project" clean "" 'serve "$work/root"' \
    "image is of another project \(0x1503, .*; ASL_ERR_RULE_PROJECT\): send the image of this project" \
    strict main
refused "secure version too low" clean "" 'bad --file "$large"' \
    "image is older than this device accepts \(0x1504, .*; ASL_ERR_RULE_VERSION\): build it with" \
    strict main

# Servers that are only unusual.
accepted "s_server -WWW" 's_server "$work/root"'
accepted "chunks of odd sizes" 'bad --file "$good" --framing chunked'
accepted "no length, ended by close_notify" 'bad --file "$good" --framing none --http 1.0'
accepted "records of 512 bytes" 'bad --file "$good" --record 512'

finish
