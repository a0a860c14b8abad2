#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Plants bugs into copies of core's boot record and has the search find each. A bug that survives, or
# a change that no longer applies, fails. Closes with `N passed, N failed`.
set -u
. "$(dirname "$0")/../support/test.sh"
cd "$root" || exit 1
out=build/protocol/planted
rm -rf "$out"
mkdir -p "$out"
sources="otadata otadata_flash boot boot_change ota_mask table"
flags="-std=c11 -D_GNU_SOURCE -O2 -Iinclude -Icore/include -Icore -Itests/support"
rest=""
for source in tests/protocol/*.c tests/support/boot_table.c tests/support/sdk_record.c \
    tools/asl_crypto_openssl.c; do
    object=$out/$(basename "$source" .c).o
    ${CC:-cc} $flags -c "$source" -o "$object" || exit 1
    rest="$rest $object"
done
for source in $sources; do
    ${CC:-cc} $flags -c core/$source.c -o "$out/core_$source.o" || exit 1
done

# plant NAME FILE EXPRESSION [SETUP]: a sed expression on core/FILE.c, and where the search looks.
plant() {
    sed -E "$3" "core/$2.c" >"$out/bug.c"
    objects=""
    for source in $sources; do
        [ $source = $2 ] && objects="$objects $out/bug.o" || objects="$objects $out/core_$source.o"
    done
    if cmp -s "core/$2.c" "$out/bug.c"; then
        verdict="does not apply any more"
    elif ! ${CC:-cc} $flags -c "$out/bug.c" -o "$out/bug.o" ||
        ! ${CC:-cc} -o "$out/search" $rest $objects -lcrypto; then
        verdict="does not compile"
    elif "$out/search" --only "${4:-ota_0, ota_1}" 12000 >"$out/log" 2>&1; then
        verdict="SURVIVED"
    else
        verdict=
    fi
    if [ -z "$verdict" ]; then
        pass
        echo "found: $1: $(sed -n '1s/^[^:]*: //p' "$out/log")"
    else
        fail "$1: $verdict"
    fi
}

plant "record programmed before its seal" otadata_flash \
    's/addr \+ SEAL_OFF, step->seal/addr + (step->is_factory ? SEAL_OFF : 0), step->is_factory ? step->seal : step->record/; s/flash, addr, step->record\)/flash, addr + SEAL_OFF, step->seal)/'
plant "the governing sector erased" otadata 's/return o->governing == 0 \? 1u : 0u;/return o->governing == 0 ? 0u : 1u;/'
plant "sequences compared as plain numbers" otadata \
    's/return ahead == HALF_RANGE .*/return ahead != 0 \&\& a > b;/' "ota_0, ota_1, sequence near 2^32"
plant "sequences compared as signed numbers" otadata \
    's/return ahead == HALF_RANGE .*/return ahead != 0 \&\& (int32_t)a > (int32_t)b;/' \
    "ota_0, ota_1, sequence near 2^31"
plant "no read-back" otadata_flash 's/memcmp\(words, bytes, sizeof\(words\)\) != 0/len_of_nothing/; s/^#define CHUNK_LEN .*/&\n#define len_of_nothing 0/'
plant "no blank check" otadata_flash 's/return err != ASL_OK \|\| blank \? err : ASL_ERR_FLASH_VERIFY;/return err;/'
plant "no second try" otadata_flash 's/return err == ASL_OK \? ASL_OK : write_once.*/return err;/' "factory, ota_0"
plant "state in the record as well as in the seal" otadata \
    's/(build_record\(asl_get_le32\(seal \+ SEAL_SEQ\), implied\);)/\1\n    memcpy(implied + 24, seal + SEAL_STATE, 4);/; s/(build_record\(seq, step->record\);)/\1\n        asl_put_le32(step->record + 24, (uint32_t)choice->state);/' \
    "factory, ota_0"
plant "one start too many" boot 's/starts >= plan->max_starts/starts > plan->max_starts/'
plant "marks not counted" otadata 's/out->starts = count_bits.*/out->starts = 0;/'
plant "factory left where it was written" otadata 's/\(o->governing == 1 \|\| o->record\[1\].used_pages != 0\)/false/' \
    "factory, ota_0, SDK programs"
plant "the failed slot tried again first" boot 's/if \(previous != refused\)/if (true)/; s/if \(other != refused\)/if (true)/; s/is_good = other->state == .*/is_good = true;/; s/ == ASL_OTA_VALID \|\| other->state == ASL_OTA_UNDEFINED;//'
plant "the way back is always the running slot" boot_change \
    's/if \(running == chosen \|\| !is_proven\(plan, running\)\)/if (running == chosen)/'
plant "updates during a trial" boot_change 's/return is_proven\(plan, running\) \|\|/return true ||/'
plant "the chosen slot overwritten" boot_change 's/return target == plan->governing && target != running;/return false \&\& target == running;/' \
    "ota_0, ota_1, SDK programs"
plant "roll-back to anything without trial" boot_change 's/return can_confirm && plan->max_starts > 0 \?/return false \&\& can_confirm ?/'
plant "a displaced trial forgotten" boot_change 's/ASL_RESULT_LEFT, running/ASL_RESULT_NONE, running/'
plant "confirmation forgets the state" boot_change 's/choice.state = ASL_OTA_VALID;/choice.state = ASL_OTA_NEW;/'
finish
