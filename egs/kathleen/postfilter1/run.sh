#!/usr/bin/env bash
# Makes the voice of ../synth1 livelier. RESULTS.md says how the packaged postfilter was made:
#   ../synth1/run.sh ... && ./run.sh --pack-to ../../../voicecoach/resources/voice-kathleen/parametric
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/postfilter.sh" \
  --synth-exp ../synth1/exp \
  --set kathleen \
  --exp exp \
  "$@"
