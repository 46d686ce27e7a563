// The same with @platformatic/kafka.
import { Consumer, stringDeserializers } from "@platformatic/kafka";

const [brokers, count, ...topics] = process.argv.slice(2);
const consumer = new Consumer({
  groupId: `test-${process.pid}`,
  clientId: "test",
  bootstrapBrokers: brokers.split(","),
  deserializers: stringDeserializers,
});
let left = Number(count);
try {
  const stream = await consumer.consume({ topics, mode: "earliest", isolationLevel: "READ_COMMITTED", autocommit: false });
  for await (const { topic, key, headers } of stream) {
    console.log(JSON.stringify({ topic, key, type: headers.get("ce_type") }));
    if (--left === 0) process.exit(0);
  }
} catch (error) {
  console.error(error.message);
  process.exit(3);
}
