#!/usr/bin/env bash
# Trains and measures a postfilter, of mel-cepstra or of spectra, over what recipes/synth.sh left.
#
#   --stage N --stop-stage N   run only these stages (3-7; 1 and 2 are those of the voice)
#   --synth-exp DIR            experiment of recipes/synth.sh: its features and its voice
#   --set NAME                 name of the corpus
#   --before DIR               postfilter of mel-cepstra that comes before one of spectra
#   --model YAML --train-config YAML
#   --squares YAML             training of the ablation, by squares only
#   --epochs N --seed N
#   --exp DIR                  where everything goes
#   --pack-to DIR --card FILE  the checkpoint for users, inside the folder of the voice; its card
#
# Stages: 3 features, 4 train, 5 infer, 6 measure, 7 pack. A finished step is kept: start again with
# the same options to go on after an interruption. Whenever the voice changes, start anew: a
# postfilter knows the faults of one voice.
set -euo pipefail

stage=1
stop_stage=7
synth_exp=
set=
before=
model=$VOICECOACH_ROOT/conf/model/postfilter_small.yaml
train_config=$VOICECOACH_ROOT/conf/train/postfilter.yaml
squares=$VOICECOACH_ROOT/conf/train/postfilter_squares.yaml
epochs=
seed=0
exp=exp
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
natural=$synth_exp/features
training=(--task postfilter --model "$model" --seed "$seed" --resume)
[ -n "$epochs" ] && training+=(--epochs "$epochs")
making=(--task postfilter --voice "$synth_exp/voice/best")
[ -n "$before" ] && making+=(--before "$before")

if wanted 3; then
  echo "Stage 3: features"
  for part in train test; do
    [ -f "$exp/made/${set}_$part/index.json" ] ||
      voicecoach features "$natural/${set}_$part" "${making[@]}" --out "$exp/made/${set}_$part"
  done
fi

if wanted 4; then
  echo "Stage 4: train"
  both=("$natural/${set}_train" "$exp/made/${set}_train")
  voicecoach train "${both[@]}" "${training[@]}" --config "$train_config" --out "$exp/gan"
  voicecoach train "${both[@]}" "${training[@]}" --config "$squares" --out "$exp/squares"
fi

if wanted 5; then
  echo "Stage 5: infer"
  voicecoach infer "$natural/${set}_test" --task postfilter --features "$exp/made/${set}_test" \
    --model "$exp/gan/postfilter" --model "$exp/squares/postfilter" --out "$exp/test"
fi

if wanted 6; then
  echo "Stage 6: measure"
  voicecoach measure "$exp/test" "$natural/${set}_test" --task postfilter --out "$exp/test"
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/gan/postfilter" --task postfilter --measured "$exp/test/metrics.json" \
    --card "$card" --out "$pack_to" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)"
fi
