// Prints each article as it comes. With kafka-clients and jackson-databind on the class path: java -cp 'libs/*' Articles.java
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class Articles {
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> settings = Map.of(
            "bootstrap.servers", System.getenv().getOrDefault("BROKERS", "localhost:9092"),
            "group.id", System.getenv().getOrDefault("GROUP", "example"),
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false");
        ObjectMapper json = new ObjectMapper();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("news.enriched"));
            while (true) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode article = json.readTree(record.value());
                    String headline = article.at("/headlines/0/value").asText("");
                    System.out.println(article.get("pubStatus").asText() + "\t" + article.get("uri").asText() + "\t" + headline);
                }
                consumer.commitSync();
            }
        }
    }
}
