import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * The dedup-only job in the way of Confluent's tutorial on deduplication: a window store of the ids that were seen, looked up on
 * both sides of the event's time; a repeat refreshes what is stored.
 */
public final class Deduplicate {
  private static final String STORE = "seen";
  private static final Duration WINDOW = Duration.ofHours(72);

  /** Passes an event whose id is not in the store yet. */
  private static final class PassFirsts extends ContextualFixedKeyProcessor<byte[], byte[], byte[]> {
    private final ObjectMapper json = new ObjectMapper();
    private WindowStore<String, Long> seen;

    @Override
    public void init(final FixedKeyProcessorContext<byte[], byte[]> context) {
      super.init(context);
      seen = context.getStateStore(STORE);
    }

    @Override
    public void process(final FixedKeyRecord<byte[], byte[]> event) {
      final String id;
      try {
        id = json.readTree(event.value()).get("id").asText();
      } catch (final IOException error) {
        throw new UncheckedIOException(error);
      }
      final long time = event.timestamp();
      final boolean repeated;
      try (WindowStoreIterator<Long> earlier = seen.fetch(id, Math.max(0, time - WINDOW.toMillis()), time + WINDOW.toMillis())) {
        repeated = earlier.hasNext();
      }
      seen.put(id, time, time);
      if (!repeated) {
        context().forward(event);
      }
    }
  }

  public static void main(final String[] arguments) {
    final String run = System.getenv("BENCH_RUN");
    final StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.windowStoreBuilder(
            Stores.persistentWindowStore(STORE, WINDOW.multipliedBy(2), WINDOW, false), Serdes.String(), Serdes.Long()));
    builder
        .stream(run + "-events", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .processValues(PassFirsts::new, STORE)
        .to(run + "-firsts", Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));

    final Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, run);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, System.getenv("BENCH_BROKERS"));
    settings.put(StreamsConfig.STATE_DIR_CONFIG, System.getenv("BENCH_STATE"));
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    if ("exactly-once".equals(System.getenv("BENCH_GUARANTEE"))) {
      settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    }
    final KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }
}
