#!/usr/bin/env bash
# Other ways of deep feedback with the networks that run.sh has trained (stages 1 to 4): writes
# exp/sweep/NAME/results.md for each, from all seeds together.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. ./path.sh

seeds=${1:-"0 1 2"}
data=exp/data/london_faces

try() { # name, then "key: value" lines that differ from conf/feedback/face.yaml
  local out=exp/sweep/$1
  mkdir -p "$out"
  printf '%s\n' "base: $VOICECOACH_ROOT/conf/feedback/face.yaml" "${@:2}" > "$out/feedback.yaml"
  : > "$out/all.jsonl"
  for seed in $seeds; do
    models=()
    for fold in 0 1 2 3 4; do models+=(--model "exp/seed$seed/fold$fold/last"); done
    voicecoach infer "$data" --task face --features exp/features/london_faces \
      --feedback "$out/feedback.yaml" --out "$out" "${models[@]}"
    cat "$out/feedback.jsonl" >> "$out/all.jsonl"
  done
  voicecoach measure "$out/all.jsonl" "$data" --task face --out "$out" > /dev/null
}

for layer in input conv1 conv2 conv4 shape; do try "layer_$layer" "layer: $layer"; done
try free "n_components: 0" "step_size: 1.0"
try free_shape "layer: shape" "n_components: 0" "step_size: 1.0"
try components_8 "n_components: 8"
try components_12 "n_components: 12"
try components_60 "n_components: 60"
try by_deviation "power: 0.5"
try by_variance "power: 1.0"
try shape_by_variance "layer: shape" "power: 1.0"
try one_large_step "steps: 1" "step_size: 80.0"
try larger_steps "step_size: 12.0"
try even_steps "normalise: true" "step_size: 0.3"
try until_0.98 "probability: 0.98"
try l2 "l2: 0.05"
try one_view "views: 1"
