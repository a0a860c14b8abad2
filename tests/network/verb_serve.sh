#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `airslot cert` and `airslot serve` as a user meets them: exit codes, messages, files, signals.
set -u
. "$(dirname "$0")/../support/test.sh"
work_folder
limit=20

refused() { # ERROR HINT VERB OPTIONS...: one error line, one hint, exit code 1
    local error=$1 hint=$2
    shift 2
    run 1 "$@" && said "$error" && said "$hint" && one_line
}
start() { # OPTIONS of serve: in the background, until it listens
    start_with_input "" "$@"
}
start_with_input() { # INPUT OPTIONS: without a terminal, so that a pass phrase comes from stdin
    local input=$1
    shift
    rm -f port
    printf '%s' "$input" | setsid "$airslot" serve --bind 127.0.0.1 --port 0 --port-file port \
        "$@" >out 2>err &
    pid=$!
    await port && return
    pid=
    return 1
}
fetch() { # PATH OUTPUT OPTIONS of curl...
    local path=$1 output=$2
    shift 2
    curl --silent --cacert pair/ca_cert.pem --output "$output" "$@" \
        "https://localhost:$(cat port)$path"
}
mode() { [ "$(stat -c %a "$1")" = "$2" ]; }
same() { cmp -s "$1" "$2"; }
serve_pair() { start --root root --cert pair/ca_cert.pem --key pair/ca_key.pem; }

mkdir root
head -c 300000 /dev/urandom >root/image.bin

check "cert makes a pair" run 0 cert --host localhost --host 10.0.2.2 --out pair
check "it says what for" printed "made pair/ca_cert.pem: self-signed, RSA 2048"
check "it says how to go on" printed "airslot serve --root DIR --cert pair/ca_cert.pem"
check "the key is private" mode pair/ca_key.pem 600
cp pair/ca_key.pem kept
check "an existing pair stays" refused "'pair/ca_cert.pem' exists" "--force" \
    cert --host localhost --out pair
check "the key stayed" same pair/ca_key.pem kept
check "a P-256 pair" run 0 cert --host localhost --out small --key-type p256 --days 7
check "--force replaces" run 0 cert --host localhost --out small --force
check "no host" refused "cert needs --host" "10.0.2.2" cert --out new
check "a URL is no host" refused "'https://a' is no host name" "update URL" \
    cert --host https://a --out new
check "unknown key type" refused "unknown key type 'rsa512'" "rsa2048 or p256" \
    cert --host a --out new --key-type rsa512
check "days out of range" run 1 cert --host a --out new --days 0
check "no folder" run 1 cert --host a --out none/new

check "serve says its URL" serve_pair
check "name and port" printed "serving root at https://localhost:$(cat port)/"
check "a file comes whole" fetch /image.bin fetched
check "byte by byte" same fetched root/image.bin
check "the listing" fetch / listing
check "names the file" grep -q image.bin listing
check "SIGTERM ends it" stop TERM 0
check "one line a request" grep -qE ' GET /image.bin 200 300000 bytes [0-9.]+ s TLSv1.3$' out
check "SIGINT" serve_pair
check "ends it too" stop INT 0

check "a port in use: server" serve_pair
check "a port in use" refused "Address already in use" "choose another port" \
    serve --root root --cert pair/ca_cert.pem --key pair/ca_key.pem --bind 127.0.0.1 \
    --port "$(cat port)"
check "the first server stays" fetch /image.bin fetched
stop TERM 0
check "nothing to serve" refused "serve needs --root DIR" "airslot cert" serve
check "no such folder" refused "'none': No such file" "make it first" \
    serve --root none --cert pair/ca_cert.pem --key pair/ca_key.pem
check "no certificate" refused "cannot read the certificate 'none.pem'" "airslot cert" \
    serve --root root --cert none.pem --key pair/ca_key.pem
check "the key of another" refused "does not belong to the certificate" "made together" \
    serve --root root --cert pair/ca_cert.pem --key small/ca_key.pem
check "port out of range" run 1 serve --root root --cert pair/ca_cert.pem \
    --key pair/ca_key.pem --port 65536

openssl pkey -in pair/ca_key.pem -aes256 -passout pass:sesame -out locked.pem
unlock() { # PHRASE
    start_with_input "$1
" --root root --cert pair/ca_cert.pem --key locked.pem
}
check "the pass phrase opens the key" unlock sesame
check "and the server serves" fetch /image.bin fetched
check "until it is stopped" stop TERM 0
refuse_phrase() {
    ! unlock simsalabim && said "does not open the key 'locked.pem'" && said "try again"
}
check "another phrase does not" refuse_phrase

chmod 644 small/ca_key.pem
start --root root --cert small/ca_cert.pem --key small/ca_key.pem
check "a readable key is warned of" said "others can read the key 'small/ca_key.pem'"
stop TERM 0

finish
