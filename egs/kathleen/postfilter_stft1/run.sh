#!/usr/bin/env bash
# Over the sound of ../postfilter1: the magnitudes of its spectrum, in bands. RESULTS.md says how the
# packaged postfilter was made:
#   ../synth1/run.sh ... && ../postfilter1/run.sh ... &&
#     ./run.sh --pack-to ../../../voicecoach/resources/voice-kathleen/stft
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/postfilter.sh" \
  --synth-exp ../synth1/exp \
  --set kathleen \
  --before ../postfilter1/exp/gan/postfilter \
  --model "$VOICECOACH_ROOT/conf/model/postfilter_stft_small.yaml" \
  --train-config "$VOICECOACH_ROOT/conf/train/postfilter_stft.yaml" \
  --squares "$VOICECOACH_ROOT/conf/train/postfilter_stft_squares.yaml" \
  --exp exp \
  "$@"
