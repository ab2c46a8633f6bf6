#!/usr/bin/env bash
# Trains and measures a converter: what a reference voice says, in the voices of learners; or what
# one speaker says, in the voice of another.
#
#   --stage N --stop-stage N   run only these stages
#   --corpus DIR --train NAME  the corpus, and its set of many learners with the experts' scores, or
#                              of one speaker: then one sentence in five is held out
#   --source DIR               data folder of one speaker with the same ids and texts, who is
#                              converted in place of the reference voice
#   --model YAML --train-config YAML
#   --ablations "NAME ..."     further trainings, conf/train/convert_NAME.yaml each
#   --epochs N --seed N
#   --stress "N ..."           also a stress test: targets moved at random by up to so many frames
#                              of 10 ms (stages 4 and 6)
#   --stress-model YAML        its network; default: --model
#   --stress-losses "NAME ..." conf/train/convert_NAME.yaml each; both: --train-config
#   --stress-seeds "N ..." --stress-epochs N   its seeds; how long it trains
#   --conf DIR                 where convert_NAME.yaml are
#   --exp DIR                  where everything goes
#   --pack-to DIR --card FILE  the checkpoint for users; its card
#
# Stages: 1 data, 2 validate, 3 features, 4 train, 5 infer, 6 measure, 7 pack. A finished step is
# kept: start again with the same options to go on after an interruption.
set -euo pipefail

stage=1
stop_stage=7
corpus=
train=train
source=
model=$VOICECOACH_ROOT/conf/model/converter.yaml
train_config=$VOICECOACH_ROOT/conf/train/convert.yaml
ablations="squares adversarial metric no_content"
conf=$VOICECOACH_ROOT/conf/train
epochs=
seed=0
stress=
stress_model=
stress_losses="squares metric both"
stress_seeds="0 1 2"
stress_epochs=3
exp=exp
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
data=$exp/data/$train
training=(--task convert --model "$model" --seed "$seed" --resume)
[ -n "$epochs" ] && training+=(--epochs "$epochs")
from=()
[ -n "$source" ] && from=(--source "$source")

if wanted 1; then
  echo "Stage 1: data"
  [ -f "$data/wav.scp" ] || voicecoach prepare "$corpus" --task convert --out "$exp/data"
fi

if wanted 2; then
  echo "Stage 2: validate"
  voicecoach validate "$data"
fi

if wanted 3; then
  echo "Stage 3: features"
  [ -f "$exp/pairs/index.json" ] ||
    voicecoach features "$data" --task convert "${from[@]}" --out "$exp/pairs"
fi

if wanted 4; then
  echo "Stage 4: train"
  voicecoach train "$exp/pairs" "${training[@]}" --config "$train_config" --out "$exp/converter"
  for name in $ablations; do
    voicecoach train "$exp/pairs" "${training[@]}" --config "$conf/convert_$name.yaml" \
      --out "$exp/$name"
  done
fi

if wanted 4 && [ -n "$stress" ]; then
  for loss in $stress_losses; do
    base=$conf/convert_$loss.yaml
    [ "$loss" = both ] && base=$train_config
    for shift in $stress; do
      how=$exp/stress/$loss/shift$shift.yaml
      mkdir -p "$exp/stress/$loss"
      printf 'base: %s\nepochs: %s\nshift_frames: %s\n' \
        "$(realpath "$base")" "$stress_epochs" "$shift" >"$how"
      for number in $stress_seeds; do
        voicecoach train "$exp/pairs" --task convert --model "${stress_model:-$model}" \
          --config "$how" --seed "$number" --resume --out "$exp/stress/$loss/shift$shift/seed$number"
      done
    done
  done
fi

if wanted 5; then
  echo "Stage 5: infer"
  models=(--model "$exp/converter/best")
  for name in $ablations; do models+=(--model "$exp/$name/best"); done
  voicecoach infer "$data" --task convert "${models[@]}" "${from[@]}" --out "$exp/test"
fi

if wanted 6; then
  echo "Stage 6: measure"
  voicecoach measure "$exp/test" "$exp/pairs" --task convert --train "$data" --out "$exp/test"
fi

if wanted 6 && [ -n "$stress" ]; then
  voicecoach measure "$exp/stress" "$exp/pairs" --task convert --out "$exp/stress"
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/converter/best" --task convert --measured "$exp/test/metrics.json" \
    --card "$card" --out "$pack_to" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)"
fi
