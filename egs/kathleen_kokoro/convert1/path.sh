# Where the common part of the recipes and the configuration are.
VOICECOACH_ROOT=$(cd ../../.. && pwd)
export VOICECOACH_ROOT
