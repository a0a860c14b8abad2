#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command of README, howtos and examples, word for word. They use port 8070, as the documents do.
cd "$(dirname "$0")/../.." || exit 1
exec scripts/test-docs README.md docs/howto/*.md examples/*/README.md
