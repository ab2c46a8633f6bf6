#!/usr/bin/env bash
# Scores Mandarin-speaking learners' English: speechocean762 (Zhang et al., Interspeech 2021).
# The corpus is public: OpenSLR 101. RESULTS.md says how the packaged model was made:
#   ./run.sh --corpus DIR --also KATHLEEN_DIR --untranscribed CLIPS_DIR --noise DIR --babble DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/score.sh" \
  --train train \
  --test test \
  --exp exp \
  --reference-voice true \
  --also-augment conf/augment_well_spoken.yaml \
  --card conf/model_card.md \
  "$@"
