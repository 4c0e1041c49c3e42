#!/bin/sh
# Stands in for an OCI runtime that hangs: it is runc, but the start of a container whose environment has HANG_AT_START
# waits for as long as the file named by $SLOW_RUNTIME_FOLDER/hang exists.
folder=$SLOW_RUNTIME_FOLDER
bundle='' verb='' last=''
for word in "$@"; do
    [ "$last" = --bundle ] && bundle=$word
    case $word in create | start) verb=$word ;; esac
    last=$word
done
# The container's id is the last word of both.
if [ "$verb" = create ] && grep -q HANG_AT_START "$bundle/config.json"; then touch "$folder/$last"; fi
if [ "$verb" = start ] && [ -e "$folder/$last" ]; then
    while [ -e "$folder/hang" ]; do sleep 0.1; done
fi
exec runc "$@"
