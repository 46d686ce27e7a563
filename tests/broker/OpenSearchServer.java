import java.nio.file.Path;
import java.util.List;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/** One OpenSearch node: java OpenSearchServer.java FOLDER PORT. */
public class OpenSearchServer extends Node {
    OpenSearchServer(Settings settings, Path folder) {
        super(new Environment(settings, folder.resolve("config")), List.of(Netty4Plugin.class), false);
    }

    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", arguments[0])
            .put("http.port", arguments[1])
            .put("transport.port", "0")
            .put("network.host", "127.0.0.1")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("discovery.type", "single-node")
            .put("cluster.name", "test")
            .put("node.name", "test")
            // A test's disk may be nearly full: that makes no index read-only here.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        new OpenSearchServer(settings, Path.of(arguments[0])).start();
        Thread.currentThread().join();
    }
}
