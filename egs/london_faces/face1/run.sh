#!/usr/bin/env bash
# Coaches smiles: Face Research Lab London Set (DeBruine and Jones), CC BY 4.0, neutral and smiling.
# RESULTS.md says how the packaged network was made:
#   ./run.sh --corpus DIR --pack-to ../../../voicecoach/resources/face-expression
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
. ./cmd.sh

$cmd bash "$VOICECOACH_ROOT/recipes/face.sh" \
  --set london_faces \
  --exp exp \
  --seeds "0 1 2" \
  --card conf/model_card.md \
  "$@"
