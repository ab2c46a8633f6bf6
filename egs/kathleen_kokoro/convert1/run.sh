#!/usr/bin/env bash
# From a synthetic male voice (Kokoro-82M) to a recorded female one (Kathleen), same sentences:
#   local/data.sh KATHLEEN_DIR && ./run.sh --stress "0 2 4 8"
# RESULTS.md says what came out. Nothing is packed without --pack-to and --card.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/convert.sh" \
  --train kathleen \
  --source exp/data/kokoro \
  --epochs 10 \
  --stress-model conf/stress_model.yaml \
  --stress-losses "squares metric no_content" \
  --stress-epochs 10 \
  --exp exp \
  "$@"
