#!/usr/bin/env bash
# Coaches Mandarin-speaking learners' English: speechocean762, over what ../score1/run.sh left.
# RESULTS.md says how the packaged model was made:
#   ../score1/run.sh ... && ./run.sh --pack-to ../../../voicecoach/resources/coach-en
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/coach.sh" \
  --score-exp ../score1/exp \
  --train train \
  --native "train-clean_train kathleen_train" \
  --exp exp \
  "$@"
