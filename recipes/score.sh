#!/usr/bin/env bash
# Trains and measures a pronunciation scorer, for any corpus with scores.
#
#   --stage N --stop-stage N   run only these stages (1-7)
#   --corpus DIR               the corpus as it was downloaded
#   --train NAME --test NAME   sets that stage 1 makes
#   --also "DIR ..."           corpora of well-spoken speech without scores, to learn from as well
#   --reference-voice true     learn from the sentences spoken by the reference voice, too
#   --also-augment YAML        how that speech is disturbed
#   --noise DIR --babble DIR   recordings to disturb the training with (optional)
#   --model YAML --train-config YAML --augment YAML --audio YAML
#   --align-with CHECKPOINT    find the phones with a scorer trained before, not with pocketsphinx
#   --copies N --folds N --seed N --jobs N --epochs N
#   --exp DIR                  where everything goes
#   --pack-to DIR --card FILE  the checkpoint for users, and its card
#
# Stages: 1 data, 2 validate, 3 features, 4 train, 5 infer, 6 measure, 7 pack. A finished step is
# kept: start again with the same options to go on after an interruption.
set -euo pipefail

stage=1
stop_stage=7
corpus=
train=train
test=test
also=
reference_voice=false
also_augment=
noise=
babble=
audio=$VOICECOACH_ROOT/conf/audio/16k.yaml
model=$VOICECOACH_ROOT/conf/model/scorer.yaml
train_config=$VOICECOACH_ROOT/conf/train/score.yaml
augment=$VOICECOACH_ROOT/conf/train/augment.yaml
align_with=
copies=4
folds=5
seed=0
jobs=2
epochs=
exp=exp
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
features=$exp/features
unscored=()
for folder in $also; do unscored+=("$(basename "$folder")_train"); done
[ "$reference_voice" = true ] && unscored+=(reference)
disturb=()
[ -n "$align_with" ] && disturb+=(--align-with "$align_with")
[ -n "$noise" ] && disturb+=(--noise "$noise")
[ -n "$babble" ] && disturb+=(--babble "$babble")
training=(--task score --model "$model" --config "$train_config" --augment "$augment" --seed "$seed")
[ -n "$epochs" ] && training+=(--epochs "$epochs")

if wanted 1; then
  echo "Stage 1: data"
  voicecoach prepare "$corpus" --task score --out "$exp/data"
  for folder in $also; do voicecoach prepare "$folder" --task score --out "$exp/data"; done
  if [ "$reference_voice" = true ]; then
    voicecoach prepare "$exp/data/$train" --name reference_voice --task score --out "$exp/data"
  fi
fi

if wanted 2; then
  echo "Stage 2: validate"
  for set in "$train" "$test" "${unscored[@]}"; do
    voicecoach validate "$exp/data/$set" --task score
  done
fi

if wanted 3; then
  echo "Stage 3: features"
  for set in "$train" "${unscored[@]}"; do
    how=$augment
    [ "$set" != "$train" ] && [ -n "$also_augment" ] && how=$also_augment
    voicecoach features "$exp/data/$set" --task score --out "$features/$set" --audio "$audio" \
      --augment "$how" "${disturb[@]}" --copies "$copies" --seed "$seed" --jobs "$jobs"
  done
fi

all_features=("$features/$train")
for set in "${unscored[@]}"; do all_features+=("$features/$set"); done

if wanted 4; then
  echo "Stage 4: train"
  for ((fold = 0; fold < folds; fold++)); do
    voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/fold$fold" \
      --fold "$fold" --folds "$folds" --resume
  done
  voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/full" --resume
fi

if wanted 5; then
  echo "Stage 5: infer"
  models=()
  for ((fold = 0; fold < folds; fold++)); do models+=(--model "$exp/fold$fold/last"); done
  voicecoach infer "$exp/data/$train" --task score --out "$exp/cv" "${models[@]}"
  # The control: with somebody else's recordings only what the text gives away remains. A recording
  # may then be too short for the sentence, which is no failure of the recipe.
  voicecoach infer "$exp/data/$train" --task score --out "$exp/shuffled" "${models[@]}" --shuffle ||
    [ $? -eq 3 ]
  voicecoach infer "$exp/data/$test" --task score --out "$exp/test" --model "$exp/full/last"
fi

if wanted 6; then
  echo "Stage 6: measure"
  voicecoach measure "$exp/cv/scores.jsonl" "$exp/data/$train" --task score --out "$exp/cv" \
    --train "$exp/data/$train" --choose-threshold
  voicecoach measure "$exp/shuffled/scores.jsonl" "$exp/data/$train" --task score \
    --out "$exp/shuffled" --train "$exp/data/$train" --threshold-from "$exp/cv/metrics.json"
  voicecoach measure "$exp/test/scores.jsonl" "$exp/data/$test" --task score --out "$exp/test" \
    --train "$exp/data/$train" --threshold-from "$exp/cv/metrics.json"
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/full/last" --task score --measured "$exp/cv/metrics.json" --card "$card" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)" --out "$pack_to"
fi
