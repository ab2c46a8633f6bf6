#!/usr/bin/env bash
# Trains and measures a coach of pronunciation, over what recipes/score.sh left.
#
#   --stage N --stop-stage N   run only these stages (3-7; 1 and 2 are those of the scorer)
#   --score-exp DIR            experiment of recipes/score.sh: its features and phone times
#   --train NAME               scored set
#   --native "NAME ..."        sets of well-spoken speech; the first gives the native norms
#   --model YAML --train-config YAML --feedback YAML
#   --folds N --jobs N --epochs N --seed N
#   --listen true|false        judges listen in stage 6 (extras eval and judges; half an hour)
#   --exp DIR                  where everything goes
#   --pack-to DIR --card FILE  the checkpoint for users, and its card
#
# Stages: 3 features, 4 train, 6 measure, 7 pack. A finished step is kept: start again with the
# same options to go on after an interruption.
set -euo pipefail

stage=1
stop_stage=7
score_exp=
train=train
native=
model=$VOICECOACH_ROOT/conf/model/coach.yaml
train_config=$VOICECOACH_ROOT/conf/train/coach.yaml
feedback=$VOICECOACH_ROOT/conf/feedback/coach.yaml
folds=5
jobs=2
epochs=
seed=0
exp=exp
listen=false
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
all_features=()
for set in $train $native; do all_features+=("$exp/features/$set"); done
training=(--task coach --model "$model" --config "$train_config" --seed "$seed" --resume)
[ -n "$epochs" ] && training+=(--epochs "$epochs")

if wanted 3; then
  echo "Stage 3: features"
  for set in $train $native; do
    voicecoach features "$score_exp/features/$set" --task coach --out "$exp/features/$set" \
      --jobs "$jobs"
  done
fi

if wanted 4; then
  echo "Stage 4: train"
  for ((fold = 0; fold < folds; fold++)); do
    voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/cv/fold$fold" \
      --fold "$fold" --folds "$folds"
  done
  voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/full"
fi

if wanted 6; then
  echo "Stage 6: measure"
  measuring=(--task coach --out "$exp/cv" --feedback "$feedback")
  [ "$listen" = true ] && measuring+=(--scorers "$score_exp/seed0")
  voicecoach measure "$exp/cv" "$exp/features/$train" "${measuring[@]}"
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/full/coach" --task coach --measured "$exp/cv/metrics.json" --card "$card" \
    --feedback "$feedback" --out "$pack_to" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)"
fi
