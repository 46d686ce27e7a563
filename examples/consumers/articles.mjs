// Prints each article as it comes, by kafkajs: npm install kafkajs. It has no zstd: Headwater needs HEADWATER_COMPRESSION=gzip.
import { Kafka, logLevel } from "kafkajs";

const kafka = new Kafka({ brokers: (process.env.BROKERS ?? "localhost:9092").split(","), logLevel: logLevel.WARN });
const consumer = kafka.consumer({ groupId: process.env.GROUP ?? "example", readUncommitted: false });
await consumer.connect();
await consumer.subscribe({ topics: ["news.enriched"], fromBeginning: true });
await consumer.run({
  // Offsets are committed once this has returned.
  eachMessage: async ({ message }) => {
    const article = JSON.parse(message.value.toString());
    const headline = article.headlines?.[0]?.value ?? "";
    console.log([article.pubStatus, article.uri, headline].join("\t"));
  },
});
