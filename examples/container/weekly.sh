#!/bin/sh
# Run the newsletter each week: weekly [DAY [TIME]], in the time zone TZ. A failed run is reported and the next one comes.
set -u
day=${1:-Friday}
time=${2:-07:30}

while :; do
  now=$(date +%s)
  at=$(date -d "$day $time" +%s) || exit 2
  # On the day itself, `date` gives a time that may be over.
  [ "$at" -gt "$now" ] || at=$(date -d "next $day $time" +%s)
  echo "The next run is at $(date -d "@$at")."
  sleep $((at - now)) || exit 1
  newsletter run || echo "newsletter run ended with exit code $?." >&2
done
