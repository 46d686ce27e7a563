#!/bin/sh
# Prints each article as it comes, by kcat and jq. In a group, kcat commits what it has printed, every five seconds.
set -eu
kcat -b "${BROKERS:-localhost:9092}" -G "${GROUP:-example}" -q -u \
	-X isolation.level=read_committed -X auto.offset.reset=earliest news.enriched |
	jq --unbuffered -r '[.pubStatus, .uri, .headlines[0].value // ""] | @tsv'
