#!/usr/bin/env bash
# Trains and measures a pronunciation scorer, for any corpus with scores.
#
#   --stage N --stop-stage N   run only these stages (1-7)
#   --corpus DIR               the corpus as it was downloaded
#   --train NAME --test NAME   sets that stage 1 makes
#   --also "DIR ..."           corpora of well-spoken speech without scores, to learn from as well
#   --untranscribed "DIR ..."  the same without transcripts: Whisper writes them
#   --reference-voice true     learn from the sentences spoken by the reference voice, too
#   --also-augment YAML        how that speech is disturbed
#   --noise DIR --babble DIR   recordings to disturb the training with (optional)
#   --model YAML --train-config YAML --augment YAML --audio YAML
#   --realign false            keep pocketsphinx's phone times, instead of a first scorer's own
#   --copies N --folds N --jobs N --epochs N
#   --seeds "0 1 2"            cross-validate with each; the first makes the packaged scorer
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
untranscribed=
reference_voice=false
also_augment=
noise=
babble=
audio=$VOICECOACH_ROOT/conf/audio/16k.yaml
model=$VOICECOACH_ROOT/conf/model/scorer.yaml
train_config=$VOICECOACH_ROOT/conf/train/score.yaml
augment=$VOICECOACH_ROOT/conf/train/augment.yaml
realign=true
copies=4
folds=5
seeds="0"
jobs=2
epochs=
exp=exp
pack_to=
card=conf/model_card.md

. "$VOICECOACH_ROOT/recipes/utils/parse_options.sh"

wanted() { [ "$stage" -le "$1" ] && [ "$stop_stage" -ge "$1" ]; }
features=$exp/features
unscored=()
for folder in $also $untranscribed; do unscored+=("$(basename "$folder")_train"); done
[ "$reference_voice" = true ] && unscored+=(reference)
disturb=()
[ -n "$noise" ] && disturb+=(--noise "$noise")
[ -n "$babble" ] && disturb+=(--babble "$babble")
training=(--task score --model "$model" --config "$train_config" --augment "$augment" --resume)
[ -n "$epochs" ] && training+=(--epochs "$epochs")
first_seed=${seeds%% *}
best=$exp/seed$first_seed

all_features=("$features/$train")
for set in "${unscored[@]}"; do all_features+=("$features/$set"); done

# Copies that are there are kept; with --align-with only the phone times are found again.
make_features() {
  for set in "$train" "${unscored[@]}"; do
    how=$augment
    [ "$set" != "$train" ] && [ -n "$also_augment" ] && how=$also_augment
    voicecoach features "$exp/data/$set" --task score --out "$features/$set" --audio "$audio" \
      --augment "$how" "${disturb[@]}" --copies "$copies" --jobs "$jobs" "$@"
  done
}

if wanted 1; then
  echo "Stage 1: data"
  voicecoach prepare "$corpus" --task score --out "$exp/data"
  for folder in $also; do voicecoach prepare "$folder" --task score --out "$exp/data"; done
  for folder in $untranscribed; do
    voicecoach prepare "$folder" --name untranscribed --task score --out "$exp/data"
  done
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
  make_features
  rm -f "$exp/first/realigned"
fi

if wanted 4; then
  echo "Stage 4: train"
  if [ "$realign" = true ] && [ ! -e "$exp/first/realigned" ]; then
    voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/first" --seed "$first_seed" \
      --fold 0 --folds "$folds"
    make_features --align-with "$exp/first/last"
    touch "$exp/first/realigned"
  fi
  for seed in $seeds; do
    for ((fold = 0; fold < folds; fold++)); do
      voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/seed$seed/fold$fold" \
        --seed "$seed" --fold "$fold" --folds "$folds"
    done
  done
  voicecoach train "${all_features[@]}" "${training[@]}" --out "$exp/full" --seed "$first_seed"
fi

if wanted 5; then
  echo "Stage 5: infer"
  for seed in $seeds; do
    models=()
    for ((fold = 0; fold < folds; fold++)); do
      models+=(--model "$exp/seed$seed/fold$fold/last")
    done
    voicecoach infer "$exp/data/$train" --task score --out "$exp/seed$seed" "${models[@]}"
  done
  # The control: with somebody else's recordings only what the text gives away remains. A recording
  # may then be too short for the sentence, which is no failure of the recipe.
  voicecoach infer "$exp/data/$train" --task score --out "$exp/shuffled" "${models[@]}" --shuffle ||
    [ $? -eq 3 ]
  voicecoach infer "$exp/data/$test" --task score --out "$exp/test" --model "$exp/full/last"
fi

if wanted 6; then
  echo "Stage 6: measure"
  all_metrics=()
  for seed in $seeds; do
    voicecoach measure "$exp/seed$seed/scores.jsonl" "$exp/data/$train" --task score \
      --out "$exp/seed$seed" --train "$exp/data/$train" --choose-threshold
    all_metrics+=("$exp/seed$seed/metrics.json")
  done
  if [ "${#all_metrics[@]}" -gt 1 ]; then voicecoach compare "${all_metrics[@]}" --spread; fi
  voicecoach measure "$exp/shuffled/scores.jsonl" "$exp/data/$train" --task score \
    --out "$exp/shuffled" --train "$exp/data/$train" --threshold-from "$best/metrics.json"
  voicecoach measure "$exp/test/scores.jsonl" "$exp/data/$test" --task score --out "$exp/test" \
    --train "$exp/data/$train" --threshold-from "$best/metrics.json"
fi

if wanted 7 && [ -n "$pack_to" ]; then
  echo "Stage 7: pack"
  voicecoach pack "$exp/full/last" --task score --measured "$best/metrics.json" --card "$card" \
    --commit "$(git -C "$VOICECOACH_ROOT" rev-parse --short HEAD 2>/dev/null || true)" --out "$pack_to"
fi
