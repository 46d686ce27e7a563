// Prints each article as it comes, by franz-go: go run .
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/twmb/franz-go/pkg/kgo"
)

type article struct {
	URI       string
	PubStatus string
	Headlines []struct{ Value string }
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(env("BROKERS", "localhost:9092")),
		kgo.ConsumerGroup(env("GROUP", "example")),
		kgo.ConsumeTopics("news.enriched"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.DisableAutoCommit(),
	)
	if err != nil {
		log.Fatal(err)
	}
	for {
		fetches := client.PollFetches(context.Background())
		fetches.EachError(func(_ string, _ int32, err error) { log.Fatal(err) })
		fetches.EachRecord(func(record *kgo.Record) {
			var found article
			if err := json.Unmarshal(record.Value, &found); err != nil {
				log.Fatal(err)
			}
			headline := ""
			if len(found.Headlines) > 0 {
				headline = found.Headlines[0].Value
			}
			fmt.Println(found.PubStatus + "\t" + found.URI + "\t" + headline)
		})
		if err := client.CommitUncommittedOffsets(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}
