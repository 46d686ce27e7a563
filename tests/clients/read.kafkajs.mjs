// Reads COUNT records of topics with kafkajs as it comes from npm: node read.kafkajs.mjs BROKERS COUNT TOPIC…; one JSON line each.
import { Kafka, logLevel } from "kafkajs";

const [brokers, count, ...topics] = process.argv.slice(2);
const kafka = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `test-${process.pid}`, readUncommitted: false });
let left = Number(count);
consumer.on(consumer.events.CRASH, ({ payload }) => {
  console.error(payload.error.message);
  process.exit(3);
});
await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message }) => {
    console.log(JSON.stringify({ topic, key: message.key?.toString(), type: message.headers.ce_type?.toString() }));
    if (--left === 0) setTimeout(() => process.exit(0), 10);
  },
});
