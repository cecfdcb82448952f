import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.spi.type.SqlDecimal;
import io.trino.spi.type.Type;
import io.trino.testing.LocalQueryRunner;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

import static io.trino.testing.TestingSession.testSessionBuilder;

/**
 * Athena's JSON protocol on loopback, answered by Trino with tables in memory: the limits that callers meet are Athena's
 * (bytes of a query, rows of a page, texts only, the header as first row). Prints the port, ends with its standard input.
 */
public class AthenaServer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_QUERY = 262_144;
  private static final int PAGE = 1000;

  private static final class Execution {
    volatile String state = "QUEUED";
    volatile String reason;
    volatile MaterializedResult result;
    volatile Thread thread;
    String query;
    String workGroup;
  }

  private final LocalQueryRunner trino;
  private final Map<String, Execution> executions = new ConcurrentHashMap<>();
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  /** Calls that are answered with an error of throttling first; tests set it. */
  private int throttled;

  private AthenaServer() {
    var session = testSessionBuilder().setCatalog("awsdatacatalog").setSchema("default").build();
    trino = LocalQueryRunner.create(session);
    trino.installPlugin(new MemoryPlugin());
    trino.createCatalog("awsdatacatalog", "memory", Map.of());
  }

  public static void main(String[] arguments) throws Exception {
    var server = new AthenaServer();
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", server::handle);
    http.setExecutor(Executors.newCachedThreadPool());
    http.start();
    System.out.println("port " + http.getAddress().getPort());
    while (System.in.read() >= 0) { }
    System.exit(0);
  }

  private static final class Refusal extends Exception {
    final String type;

    Refusal(String type, String message) {
      super(message);
      this.type = type;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    int status = 200;
    ObjectNode answer;
    try {
      JsonNode input = JSON.readTree(exchange.getRequestBody());
      String target = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target")).orElse("");
      answer = answer(target.replace("AmazonAthena.", ""), input);
    } catch (Refusal refusal) {
      status = 400;
      answer = JSON.createObjectNode().put("__type", refusal.type).put("message", refusal.getMessage());
    } catch (Exception error) {
      status = 500;
      answer = JSON.createObjectNode().put("__type", "InternalServerException").put("message", String.valueOf(error));
    }
    byte[] body = JSON.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private ObjectNode answer(String operation, JsonNode input) throws Refusal {
    if (operation.equals("Throttle")) {
      throttled = input.path("Calls").asInt();
      return JSON.createObjectNode();
    }
    if (operation.equals("States")) {
      ObjectNode found = JSON.createObjectNode();
      ArrayNode states = found.putArray("States");
      executions.values().forEach((execution) -> states.add(execution.state));
      return found;
    }
    synchronized (this) {
      if (throttled > 0) {
        throttled -= 1;
        throw new Refusal("TooManyRequestsException", "You have exceeded the limit for the number of queries");
      }
    }
    return switch (operation) {
      case "StartQueryExecution" -> start(input);
      case "GetQueryExecution" -> status(input);
      case "GetQueryResults" -> results(input);
      case "StopQueryExecution" -> stop(input);
      default -> throw new Refusal("InvalidRequestException", "operation " + operation + " is not answered here");
    };
  }

  private ObjectNode start(JsonNode input) throws Refusal {
    String query = input.path("QueryString").asText();
    if (query.length() > LONGEST_QUERY) throw new Refusal("InvalidRequestException", "Member must have length less than or equal to 262144");
    String token = input.path("ClientRequestToken").asText();
    if (token.length() < 32 || token.length() > 128) throw new Refusal("InvalidRequestException", "ClientRequestToken has 32 to 128 characters");
    String id = tokens.computeIfAbsent(token, (unused) -> UUID.randomUUID().toString());
    Execution known = executions.get(id);
    if (known != null) {
      if (!known.query.equals(query)) throw new Refusal("InvalidRequestException", "Idempotent parameters do not match");
      return JSON.createObjectNode().put("QueryExecutionId", id);
    }
    Execution execution = new Execution();
    execution.query = query;
    execution.workGroup = input.path("WorkGroup").asText("primary");
    executions.put(id, execution);
    String schema = input.path("QueryExecutionContext").path("Database").asText("default");
    execution.thread = new Thread(() -> run(execution, schema));
    execution.thread.start();
    return JSON.createObjectNode().put("QueryExecutionId", id);
  }

  private void run(Execution execution, String schema) {
    execution.state = "RUNNING";
    try {
      // Tables are small: one driver a task is quickest.
      var session = testSessionBuilder().setCatalog("awsdatacatalog").setSchema(schema)
          .setSystemProperty("task_concurrency", "1").setSystemProperty("optimize_hash_generation", "false").build();
      execution.result = trino.execute(session, execution.query);
      if (execution.state.equals("RUNNING")) execution.state = "SUCCEEDED";
    } catch (Throwable error) {
      if (execution.state.equals("CANCELLED")) return;
      execution.reason = error.getMessage();
      execution.state = "FAILED";
    }
  }

  private Execution find(JsonNode input) throws Refusal {
    Execution found = executions.get(input.path("QueryExecutionId").asText());
    if (found == null) throw new Refusal("InvalidRequestException", "QueryExecution " + input.path("QueryExecutionId").asText() + " was not found");
    return found;
  }

  private ObjectNode status(JsonNode input) throws Refusal {
    Execution execution = find(input);
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode found = answer.putObject("QueryExecution").put("Query", execution.query).put("WorkGroup", execution.workGroup);
    ObjectNode status = found.putObject("Status").put("State", execution.state);
    if (execution.reason != null) status.put("StateChangeReason", execution.reason);
    found.putObject("Statistics").put("DataScannedInBytes", 10_485_760L);
    return answer;
  }

  private ObjectNode stop(JsonNode input) throws Refusal {
    Execution execution = find(input);
    if (execution.state.equals("RUNNING") || execution.state.equals("QUEUED")) {
      execution.state = "CANCELLED";
      execution.reason = "Query was cancelled";
      execution.thread.interrupt();
    }
    return JSON.createObjectNode();
  }

  private ObjectNode results(JsonNode input) throws Refusal {
    Execution execution = find(input);
    if (!execution.state.equals("SUCCEEDED")) throw new Refusal("InvalidRequestException", "Query has not yet finished. Current state: " + execution.state);
    int most = input.path("MaxResults").asInt(PAGE);
    if (most < 1 || most > PAGE) throw new Refusal("InvalidRequestException", "MaxResults is at most 1000");
    List<MaterializedRow> rows = execution.result.getMaterializedRows();
    List<Type> types = execution.result.getTypes();
    List<String> names = execution.result.getColumnNames();
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode set = answer.putObject("ResultSet");
    ArrayNode columns = set.putObject("ResultSetMetadata").putArray("ColumnInfo");
    for (int i = 0; i < types.size(); i++) columns.addObject().put("Name", names.get(i)).put("Type", typeName(types.get(i)));
    ArrayNode page = set.putArray("Rows");
    int start = input.path("NextToken").asInt(0);
    int left = most;
    if (start == 0) {
      ArrayNode header = page.addObject().putArray("Data");
      for (String name : names) header.addObject().put("VarCharValue", name);
      left -= 1;
    }
    int end = Math.min(rows.size(), start + left);
    for (int at = start; at < end; at++) {
      ArrayNode data = page.addObject().putArray("Data");
      for (int i = 0; i < types.size(); i++) {
        Object value = rows.get(at).getField(i);
        ObjectNode cell = data.addObject();
        if (value != null) cell.put("VarCharValue", textOf(value));
      }
    }
    if (end < rows.size()) answer.put("NextToken", String.valueOf(end));
    return answer;
  }

  private static String typeName(Type type) {
    String name = type.getBaseName();
    return name;
  }

  private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  private static String textOf(Object value) {
    if (value instanceof LocalDateTime moment) {
      return moment.getNano() % 1_000_000 == 0 ? TIMESTAMP.format(moment) : moment.toString().replace('T', ' ');
    }
    if (value instanceof SqlDecimal decimal) return decimal.toString();
    if (value instanceof byte[] bytes) return new String(bytes, StandardCharsets.UTF_8);
    return value instanceof java.math.BigDecimal number ? number.toPlainString() : value.toString();
  }
}
