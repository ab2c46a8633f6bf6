#!/usr/bin/env bash
# The reference voice in the voices of Mandarin-speaking learners: speechocean762 (OpenSLR 101).
# RESULTS.md says how the packaged model was made:
#   ./run.sh --corpus DIR --pack-to ../../../voicecoach/resources/converter-en
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/convert.sh" \
  --train train \
  --exp exp \
  --card conf/model_card.md \
  "$@"
