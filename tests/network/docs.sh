#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command of README, howtos and examples, word for word. They use port 8070, as the documents do.
# A howto without commands has nothing to run; README and examples must have some.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck disable=SC2046
exec scripts/test-docs README.md $(grep -lx '```sh' docs/howto/*.md) examples/*/README.md
