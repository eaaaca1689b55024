// JavaScript's usual client, kafkajs with its registry client, for tests of what others read and
// write. `read` prints `count` records of a topic as lines of JSON; `write` sends one that is given
// as JSON under a schema's number.
const { Kafka, Partitioners, logLevel } = require("kafkajs");
const { SchemaRegistry } = require("@kafkajs/confluent-schema-registry");

const [verb, bootstrap, registry, topic, ...rest] = process.argv.slice(2);
const client = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR, retry: { retries: 20 } });
const schemas = new SchemaRegistry({ host: registry });

async function read(count) {
  const consumer = client.consumer({ groupId: `${topic}-js` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let left = Number(count);
  const eachMessage = async ({ partition, message }) => {
    const value = message.value && (await schemas.decode(message.value));
    const said = { key: String(message.key), type: String(message.headers.ce_type), partition, value };
    console.log(JSON.stringify(said));
    left -= 1;
    if (left === 0) setImmediate(() => consumer.disconnect());
  };
  await consumer.run({ eachMessage });
}

async function write(id, key, value) {
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const encoded = await schemas.encode(Number(id), JSON.parse(value));
  await producer.send({ topic, messages: [{ key, value: encoded }] });
  await producer.disconnect();
}

const done = verb === "read" ? read(...rest) : write(...rest);
done.catch((error) => {
  console.error(error);
  process.exit(1);
});
