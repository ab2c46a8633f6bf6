#!/usr/bin/env bash
# Trains and measures a coach of facial expressions, for any corpus of labelled faces.
#
#   --stage N --stop-stage N   run only these stages (1-7)
#   --corpus DIR               the corpus as it was downloaded
#   --set NAME                 the set that stage 1 makes
#   --test DIR                 other people's faces (a folder with faces.csv), measured at the end
#   --model YAML --train-config YAML --feedback YAML
#   --folds N --epochs N
#   --seeds "0 1 2"            cross-validate with each; the first makes the packaged network
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
test=
model=$VOICECOACH_ROOT/conf/model/face.yaml
train_config=$VOICECOACH_ROOT/conf/train/face.yaml
feedback=$VOICECOACH_ROOT/conf/feedback/face.yaml
folds=5
seeds="0"
epochs=
exp=exp
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
data=$exp/data/$set
features=$exp/features/$set
training=(--task face --model "$model" --config "$train_config" --resume)
[ -n "$epochs" ] && training+=(--epochs "$epochs")
coaching=(--task face --features "$features" --feedback "$feedback")
first_seed=${seeds%% *}

if wanted 1; then
  echo "Stage 1: data"
  voicecoach prepare "$corpus" --task face --out "$exp/data"
fi

if wanted 2; then
  echo "Stage 2: validate"
  voicecoach validate "$data" --task face
fi

if wanted 3; then
  echo "Stage 3: features"
  voicecoach features "$data" --task face --out "$features"
fi

if wanted 4; then
  echo "Stage 4: train"
  for seed in $seeds; do
    for ((fold = 0; fold < folds; fold++)); do
      voicecoach train "$features" "${training[@]}" --out "$exp/seed$seed/fold$fold" \
        --seed "$seed" --fold "$fold" --folds "$folds"
    done
  done
  voicecoach train "$features" "${training[@]}" --out "$exp/full" --seed "$first_seed"
fi

if wanted 5; then
  echo "Stage 5: infer"
  for seed in $seeds; do
    models=()
    for ((fold = 0; fold < folds; fold++)); do
      models+=(--model "$exp/seed$seed/fold$fold/last")
    done
    voicecoach infer "$data" "${coaching[@]}" --out "$exp/seed$seed" "${models[@]}"
  done
  if [ -n "$test" ]; then
    voicecoach infer "$test" "${coaching[@]}" --out "$exp/test" --model "$exp/full/last"
  fi
fi

if wanted 6; then
  echo "Stage 6: measure"
  for seed in $seeds; do
    voicecoach measure "$exp/seed$seed/feedback.jsonl" "$data" --task face --out "$exp/seed$seed" \
      > /dev/null
    cat "$exp/seed$seed/feedback.jsonl"
  done > "$exp/feedback.jsonl"
  # All seeds together: each person counts once in the bootstrap.
  voicecoach measure "$exp/feedback.jsonl" "$data" --task face --out "$exp"
  if [ -n "$test" ]; then
    voicecoach measure "$exp/test/feedback.jsonl" "$test" --task face --out "$exp/test" \
      --train "$data"
  fi
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/full/last" "${coaching[@]}" --measured "$exp/metrics.json" --card "$card" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)" --out "$pack_to"
fi
