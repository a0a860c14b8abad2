# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The devices that bugs are planted in: those of tests/fault/scenario.sh, as NAME[,KEY=VALUE...]. What
# their flash holds at the start, healthy firmware has written; then bootloader and images are
# exchanged for the sick ones. Data partitions and what belongs to none are filled, so that a stray
# erase shows. Keys:
#   temper=N  what an image on trial does (tests/firmware/campaign/main/orders.h)
#   seq=HEX   added to the sequences of the boot records
#   lone=1    the sector of the older record is blank, as a cut at its erase leaves it

scenario_projects() { echo tests/firmware/campaign tests/firmware/campaign_new; }
scenario_options() {
    echo "--up 'is up in' --up-new 'campaign: done' --refused 'refused: 0x' --max-starts 3 --no-resume"
}
parts() { # TREE: bootloader and both images
    echo "$1/tests/firmware/campaign/build/bootloader/bootloader.bin" \
        "$1/tests/firmware/campaign/build/campaign.bin" \
        "$1/tests/firmware/campaign_new/build/campaign_new.bin"
}

# scenario_keep TREE KEPT: keeps the healthy parts.
scenario_keep() {
    rm -rf "$2" && mkdir -p "$2/bootloader"
    # shellcheck disable=SC2046
    cp $(parts "$1") "$1/tests/firmware/campaign/build/partition-table.bin" "$2/" &&
        cp "$2/bootloader.bin" "$2/bootloader/"
}

# scenario_clean NAME KEPT: makes KEPT/NAME.bin, all healthy.
scenario_clean() {
    CAMPAIGN_OLD=$2 CAMPAIGN_NEW=$2/campaign_new.bin tests/fault/scenario.sh "${1%%,*}" "$2/$1.bin" &&
        perl -e '
            use strict;
            my ($file, %change) = @ARGV;
            sub crc32 {
                my ($crc, $bytes) = @_;
                $crc ^= 0xffffffff;
                for my $byte (unpack "C*", $bytes) {
                    $crc ^= $byte;
                    $crc = $crc & 1 ? $crc >> 1 ^ 0xedb88320 : $crc >> 1 for 1 .. 8;
                }
                return $crc ^ 0xffffffff;
            }
            open my $f, "+<:raw", $file or die "$file: $!\n";
            my $flash = do { local $/; <$f> };
            substr($flash, $_, 0x1000) = "filled! " x 512
                for 0x9000, 0xa000, 0xb000, 0xc000, 0xf000, 0x100000, 0x10f000, 0x200000, 0x20f000, 0x300000;
            substr($flash, 0x31000c, 4) = pack "V", $change{temper} if defined $change{temper};
            my ($first, $second) = map { my $seq = unpack "V", substr $flash, $_, 4; $seq == 0xffffffff ? 0 : $seq } 0xd000, 0xe000;
            substr($flash, $first < $second ? 0xd000 : 0xe000, 0x1000) = "\xff" x 0x1000 if $change{lone};
            for my $at (defined $change{seq} ? (0xd000, 0xe000) : ()) {
                my $seq = unpack "V", substr $flash, $at, 4;
                next if $seq == 0xffffffff;
                my $raw = pack "V", ($seq + hex $change{seq}) & 0xffffffff;
                substr($flash, $at, 4) = substr($flash, $at + 0x104, 4) = $raw;
                substr($flash, $at + 28, 4) = pack "V", crc32(0xffffffff, $raw);
                substr($flash, $at + 0x11c, 4) = pack "V", crc32(0, substr $flash, $at + 0x100, 28);
            }
            seek $f, 0, 0;
            print $f $flash;
            close $f or die "$file: $!\n"' "$2/$1.bin" $(echo "$1" | tr ',=' '\n ' | sed 1d)
}

# scenario_flash NAME KEPT TREE OUT: KEPT/NAME.bin with what TREE has built.
scenario_flash() {
    # shellcheck disable=SC2046
    perl -e '
        use strict;
        sub slurp { local $/; open my $f, "<:raw", $_[0] or die "$_[0]: $!\n"; return <$f> }
        my ($clean, $out, @path) = @ARGV;
        my ($flash, @part) = map { slurp($_) } $clean, @path;
        for my $addr (0, 0x10000, 0x110000, 0x210000, 0x311000) {
            for my $i (0 .. 2) {
                my ($old, $new) = @part[$i, $i + 3];
                next if substr($flash, $addr, length $old) ne $old;
                my $room = length $old > length $new ? length $old : length $new;
                substr($flash, $addr, $room) = $new . "\xff" x ($room - length $new);
                substr($flash, 0x310004, 4) = pack "V", length $new if $addr == 0x311000;
                last;
            }
        }
        open my $f, ">:raw", $out or die "$out: $!\n";
        print $f $flash;
        close $f or die "$out: $!\n"' "$2/$1.bin" "$4" "$2/bootloader.bin" "$2/campaign.bin" \
        "$2/campaign_new.bin" $(parts "$3")
}
