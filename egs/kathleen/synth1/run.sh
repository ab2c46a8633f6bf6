#!/usr/bin/env bash
# A voice of our own: Kathleen (CC0), a US English speaker reading CMU ARCTIC prompts.
# RESULTS.md says how the packaged voice was made:
#   ./run.sh --corpus KATHLEEN_DIR --pack-to ../../../voicecoach/resources/voice-kathleen
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/synth.sh" \
  --set kathleen \
  --exp exp \
  "$@"
