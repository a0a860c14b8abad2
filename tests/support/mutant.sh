# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Files that each hold one planted bug, for scripts/run-mutants and tests/network/mutants.sh: lines
# `key: value`, and edits, which are whole lines that stand in a source exactly once, and what takes
# their place: `file: SOURCE` (kept for the edits that follow), `--- before`, `--- after`, `--- end`.

mutant_field() { sed -n "s/^$2: *//p" "$1"; } # MUTANT KEY

# Writes each source that has an edit, with all its edits, from below FROM to below TO, which may be
# the same; nothing when one of them does not apply. Prints why not.
mutant_plant() { # MUTANT FROM TO
    perl -e '
        use strict;
        use File::Basename;
        use File::Path "make_path";
        my ($mutant, $from, $to) = @ARGV;
        local $/;
        sub slurp { open my $f, "<", $_[0] or die "$_[0]: $!\n"; return scalar <$f> }
        my $text = slurp($mutant);
        my ($path, %source);
        while ($text =~ m{^(?:file: *(\S+)\n)?--- before\n(.*?)^--- after\n(.*?)^--- end\n}gms) {
            my ($before, $after) = ($2, $3);
            $path = $1 if defined $1;
            $source{$path} = slurp("$from/$path") if !defined $source{$path};
            my @at = $source{$path} =~ m{^\Q$before\E}gm;
            die "does not apply: its text stands " . @at . " times in $path\n" if @at != 1;
            $source{$path} =~ s{^\Q$before\E}{$after}m;
        }
        die "does not apply: no edit in it\n" if !%source;
        for $path (keys %source) {
            make_path(dirname("$to/$path"));
            open my $f, ">", "$to/$path" or die "$to/$path: $!\n";
            print $f $source{$path};
            close $f or die "$to/$path: $!\n";
        }' "$@" 2>&1
}

# Makes TREE the copy of what firmware is built from; its objects stay from run to run.
mutant_tree() { # TREE
    local tree=$1 path
    mkdir -p "$tree/build" "$tree/tests"
    # Made anew from the defaults; objects follow only what has changed.
    rm -f "$tree"/tests/firmware/*/sdkconfig
    ln -sfn "$root/build/airslot" "$tree/build/airslot"
    ln -sfn "$root/build/third_party" "$tree/build/third_party"
    printf 'build/airslot:\n.PHONY: build/airslot\n' >"$tree/Makefile"
    for path in bootloader components configs core include mk scripts tests/firmware; do
        [ -e "$tree/$path" ] || tar -c --exclude=build --exclude=sdkconfig "$path" | tar -xC "$tree"
        diff -rq -x build -x sdkconfig -x '*.pem' "$path" "$tree/$path"
    done | perl -ne '
        print "put $1\n" if m{^Files (.+) and };
        print "put $1/$2\n" if m{^Only in (.+): (.+)} && $1 !~ m{^/};
        print "drop $1/$2\n" if m{^Only in (/.+): (.+)}' |
        while read -r what path; do
            case $what in
            put) rm -rf "${tree:?}/$path" && cp -r "$path" "$tree/$path" ;;
            drop) rm -rf "$path" ;;
            esac
        done
}
mutant_uproot() { # MUTANT TREE: takes the bug out of the tree again
    local path
    for path in $(mutant_field "$1" file); do
        cp "$path" "$2/$path"
    done
}

await_processor() { # until fewer jobs run in the background than there are processors
    while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
        wait -n
    done
}
