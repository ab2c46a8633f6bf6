#!/usr/bin/env bash
# Trains and measures a voice on the recordings of one speaker.
#
#   --stage N --stop-stage N   run only these stages (1-7)
#   --corpus DIR               metadata.csv with "id|text" lines, and sound files
#   --set NAME                 name of that folder; its every tenth sentence is kept for testing
#   --aligner NAME|DIR         scorer that finds the phones; default: the packaged one
#   --audio YAML --model YAML --train-config YAML
#   --jobs N --epochs N --seed N
#   --exp DIR                  where everything goes
#   --pack-to DIR --card FILE  the checkpoint for users, and its card
#
# Stages: 1 data, 2 validate, 3 features, 4 train, 5 infer, 6 measure, 7 pack. A finished step is
# kept: start again with the same options to go on after an interruption.
set -euo pipefail

stage=1
stop_stage=7
corpus=
set=
aligner=scorer-en
audio=$VOICECOACH_ROOT/conf/audio/24k.yaml
model=$VOICECOACH_ROOT/conf/model/synth.yaml
train_config=$VOICECOACH_ROOT/conf/train/synth.yaml
jobs=2
epochs=
seed=0
exp=exp
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
train=$exp/features/${set}_train
test=$exp/features/${set}_test
training=(--task synth --model "$model" --config "$train_config" --seed "$seed" --resume)
[ -n "$epochs" ] && training+=(--epochs "$epochs")

if wanted 1; then
  echo "Stage 1: data"
  voicecoach prepare "$corpus" --task synth --name metadata_csv --out "$exp/data"
fi

if wanted 2; then
  echo "Stage 2: validate"
  for part in train test; do voicecoach validate "$exp/data/${set}_$part"; done
fi

if wanted 3; then
  echo "Stage 3: features"
  for part in train test; do
    [ -f "$exp/features/${set}_$part/index.json" ] ||
      voicecoach features "$exp/data/${set}_$part" --task synth --audio "$audio" \
        --align-with "$aligner" --jobs "$jobs" --out "$exp/features/${set}_$part"
  done
fi

if wanted 4; then
  echo "Stage 4: train"
  voicecoach train "$train" "${training[@]}" --out "$exp/voice"
fi

if wanted 5; then
  echo "Stage 5: infer"
  voicecoach infer "$test" --task synth --model "$exp/voice/best" --out "$exp/test"
fi

if wanted 6; then
  echo "Stage 6: measure"
  voicecoach measure "$exp/test" "$test" --task synth --train "$train" --out "$exp/test"
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/voice/best" --task synth --measured "$exp/test/metrics.json" --card "$card" \
    --out "$pack_to" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)"
fi
