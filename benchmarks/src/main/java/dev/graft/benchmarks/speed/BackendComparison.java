package dev.graft.benchmarks.speed;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import dev.graft.benchmarks.suite.Environment;
import dev.graft.model.ModelFormat;
import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/**
 * Measures the same networks on every backend, and on Python peers beside them where there are any.
 * Every contender runs in a process of its own; they take turns, a few runs each, so that what
 * disturbs the machine disturbs all of them.
 */
public final class BackendComparison {
  /** Fewest runs that a contender makes before the next one has its turn. */
  private static final int TURN = 3;

  /** Most runs of a turn, and the milliseconds that a turn of short runs lasts. */
  private static final int LONGEST_TURN = 100;

  /** A run of more milliseconds is a turn of its own. */
  private static final double SLOW = 1000;

  /** Turns that only warm up: caches, and the Java compiler. */
  private static final int WARM_TURNS = 5;

  /** The readable oracle is no engine and takes minutes a step; it runs only if it is named. */
  private static final String ORACLE = "reference";

  /** Largest relative difference between backends that counts as agreement. */
  private static final Map<Precision, Double> TOLERANCE =
      new EnumMap<>(Map.of(Precision.FLOAT32, 1e-3, Precision.BFLOAT16, 5e-2));

  private final Path models;
  private final Path scripts;
  private final Options options;
  private final List<Lane> lanes;
  private final Cancellation cancellation;
  private final Listener listener;
  private final List<String> notes = new ArrayList<>();

  /**
   * What is compared.
   *
   * @param workloads the networks
   * @param backends names of backends; empty for all engines that can run here
   * @param device where Graft's backends run
   * @param threads compute threads of each contender; 0 for all processors
   * @param rounds turns of each contender, at least 1
   * @param peers whether Python libraries are measured beside them, where Python has them
   * @param python the interpreter that runs those
   */
  public record Options(
      List<Workload> workloads,
      List<String> backends,
      Device device,
      int threads,
      int rounds,
      boolean peers,
      String python) {
    public static final Options DEFAULT =
        new Options(List.of(Workload.values()), List.of(), Device.CPU, 0, 5, false, "python3");

    public Options {
      workloads = List.copyOf(workloads);
      backends = List.copyOf(backends);
      if (rounds < 1) {
        throw new IllegalArgumentException("rounds must be at least 1: " + rounds);
      }
    }

    public Options withPeers(String interpreter) {
      return new Options(workloads, backends, device, threads, rounds, true, interpreter);
    }

    public Options withWorkloads(List<Workload> some) {
      return new Options(some, backends, device, threads, rounds, peers, python);
    }

    public Options withBackends(List<String> names) {
      return new Options(workloads, names, device, threads, rounds, peers, python);
    }

    public Options withDevice(Device on) {
      return new Options(workloads, backends, on, threads, rounds, peers, python);
    }

    public Options withThreads(int count) {
      return new Options(workloads, backends, device, count, rounds, peers, python);
    }

    public Options withRounds(int count) {
      return new Options(workloads, backends, device, threads, count, peers, python);
    }

    int effectiveThreads() {
      return new BackendOptions(threads).effectiveThreads();
    }
  }

  /** Hears what is being measured. */
  @FunctionalInterface
  public interface Listener {
    void measuring(Workload workload, String contender, Measure measure);
  }

  /**
   * One kind of contender.
   *
   * @param peer what it is if it is none of Graft's backends
   */
  private record Lane(String name, Precision precision, Optional<Peer> peer, List<String> command) {
    Set<Measure> measures(Workload workload) {
      return peer.map(p -> p.measures(workload)).orElse(EnumSet.allOf(Measure.class));
    }

    String label() {
      return name + " " + precision.name().toLowerCase(Locale.ROOT);
    }
  }

  private BackendComparison(
      Path directory, Options options, Listener listener, Cancellation cancellation) {
    this.models = directory.resolve("models");
    this.scripts = directory.resolve("peers");
    this.options = options;
    this.listener = listener;
    this.cancellation = cancellation;
    this.lanes = lanes();
  }

  /**
   * Measures, and writes {@code speed.html}, {@code speed.md} and {@code speed.json} into the
   * directory.
   *
   * @throws dev.graft.backend.BackendException if no backend can run, or a named one is not there
   */
  public static List<SpeedResult> run(
      Path directory, Options options, Listener listener, Cancellation cancellation)
      throws IOException {
    Files.createDirectories(directory);
    BackendComparison comparison =
        new BackendComparison(directory, options, listener, cancellation);
    List<SpeedResult> results = new ArrayList<>();
    if (options.peers()) {
      comparison.writeModels();
      Peer.unpack(comparison.scripts);
    }
    for (Workload workload : options.workloads()) {
      if (!cancellation.isRequested()) {
        results.addAll(comparison.measure(workload, directory.resolve("contenders.log")));
      }
    }
    SpeedReport.write(directory, results, comparison.notes, Environment.here(Map.of()), options);
    return results;
  }

  /** The workloads as files, for the peer that runs such files. */
  private void writeModels() throws IOException {
    Files.createDirectories(models);
    for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
      if (format.name().equals("onnx")) {
        for (Workload workload : options.workloads()) {
          format.write(workload.model(), models.resolve(workload.key() + ".onnx"));
        }
      }
    }
  }

  private List<Lane> lanes() {
    Backends all = Backends.discover();
    List<BackendProvider> chosen = new ArrayList<>();
    if (options.backends().isEmpty()) {
      all.preferred(); // the message says what to add if there is none
      for (BackendProvider p : all.providers()) {
        if (p.name().equals(ORACLE)) {
          continue;
        }
        if (p.availability().devices().contains(options.device())) {
          chosen.add(p);
        } else {
          notes.add(
              p.name()
                  + " has no device "
                  + options.device()
                  + " here"
                  + p.availability().problem().map(why -> ": " + why).orElse(""));
        }
      }
    } else {
      options.backends().forEach(name -> chosen.add(all.get(name)));
    }
    List<Lane> result = new ArrayList<>();
    for (BackendProvider provider : chosen) {
      for (Precision precision : precisions(provider)) {
        result.add(
            new Lane(
                provider.name(), precision, Optional.empty(), worker(provider.name(), precision)));
      }
    }
    if (options.peers()) {
      for (Peer peer : Peer.values()) {
        result.add(
            new Lane(
                peer.title(),
                peer.precision(),
                Optional.of(peer),
                peer.command(options.python(), scripts, models)));
      }
    }
    return result;
  }

  private Set<Precision> precisions(BackendProvider provider) {
    try (Backend backend = provider.open(options.device(), new BackendOptions(options.threads()))) {
      return new TreeSet<>(backend.precisions());
    }
  }

  private List<String> worker(String backend, Precision precision) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseParallelGC",
        "-cp",
        System.getProperty("java.class.path"),
        StepWorker.class.getName(),
        backend,
        options.device().toString(),
        precision.name());
  }

  private List<SpeedResult> measure(Workload workload, Path log) {
    Map<Lane, Contender> running = new LinkedHashMap<>();
    Map<Lane, Findings> found = new LinkedHashMap<>();
    try {
      for (Lane lane : lanes) {
        if (lane.measures(workload).isEmpty()) {
          continue;
        }
        List<String> command = new ArrayList<>(lane.command());
        command.addAll(List.of(workload.key(), Integer.toString(options.effectiveThreads())));
        Findings findings = new Findings();
        found.put(lane, findings);
        try {
          running.put(
              lane, Contender.start(lane.label(), new ProcessBuilder(command), log.toFile()));
        } catch (ContenderException e) {
          findings.problems.add(e.getMessage());
        }
      }
      for (Measure measure : Measure.values()) {
        takeTurns(workload, measure, running, found);
      }
      running.forEach((lane, c) -> found.get(lane).finish(c, lane.peer().isPresent()));
    } finally {
      running.values().forEach(Contender::close);
    }
    return results(workload, found);
  }

  private void takeTurns(
      Workload workload, Measure measure, Map<Lane, Contender> running, Map<Lane, Findings> found) {
    Map<Lane, Contender> able = new LinkedHashMap<>();
    Map<Lane, Integer> turns = new LinkedHashMap<>();
    running.forEach(
        (lane, contender) -> {
          if (cancellation.isRequested() || !lane.measures(workload).contains(measure)) {
            return;
          }
          listener.measuring(workload, lane.label(), measure);
          try {
            found.get(lane).compile.put(measure, contender.prepare(measure));
            double run = SpeedResult.Timing.of(contender.run(measure, 1)).median();
            int turn =
                run > SLOW ? 1 : (int) Math.max(TURN, Math.min(LONGEST_TURN, LONGEST_TURN / run));
            if (turn > TURN) {
              contender.run(measure, WARM_TURNS * turn);
            }
            turns.put(lane, turn);
            able.put(lane, contender);
          } catch (ContenderException e) {
            found.get(lane).problems.add(measure.title() + ": " + e.getMessage());
          }
        });
    for (int round = 0; round < options.rounds() && !cancellation.isRequested(); round++) {
      for (Lane lane : List.copyOf(able.keySet())) {
        try {
          for (double ms : able.get(lane).run(measure, turns.get(lane))) {
            found.get(lane).times.computeIfAbsent(measure, m -> new ArrayList<>()).add(ms);
          }
        } catch (ContenderException e) {
          found.get(lane).problems.add(measure.title() + ": " + e.getMessage());
          able.remove(lane);
        }
      }
    }
  }

  /** What is known of a contender while it is measured. */
  private static final class Findings {
    private final Map<Measure, Double> compile = new EnumMap<>(Measure.class);
    private final Map<Measure, List<Double>> times = new EnumMap<>(Measure.class);
    private final List<String> problems = new ArrayList<>();
    private Map<String, String> versions = Map.of();
    private Optional<Contender.Check> check = Optional.empty();
    private double memory;

    void finish(Contender contender, boolean peer) {
      versions = contender.versions();
      try {
        memory = contender.memory();
        check = peer ? Optional.empty() : Optional.of(contender.check());
      } catch (ContenderException e) {
        problems.add("check: " + e.getMessage());
      }
    }
  }

  private List<SpeedResult> results(Workload workload, Map<Lane, Findings> found) {
    Optional<Map.Entry<Lane, Findings>> reference =
        found.entrySet().stream().filter(e -> e.getValue().check.isPresent()).findFirst();
    List<SpeedResult> results = new ArrayList<>();
    found.forEach(
        (lane, f) -> {
          Map<Measure, SpeedResult.Timing> timings = new EnumMap<>(Measure.class);
          f.times.forEach(
              (measure, ms) ->
                  timings.put(
                      measure, SpeedResult.Timing.of(ms.stream().mapToDouble(v -> v).toArray())));
          results.add(
              new SpeedResult(
                  workload.key(),
                  lane.name(),
                  lane.precision().name().toLowerCase(Locale.ROOT),
                  lane.peer().isPresent(),
                  f.versions,
                  f.compile,
                  timings,
                  f.memory,
                  reference
                      .filter(r -> !r.getKey().equals(lane))
                      .flatMap(r -> f.check.map(c -> agreement(r, lane, c))),
                  f.problems));
        });
    return results;
  }

  private static SpeedResult.Agreement agreement(
      Map.Entry<Lane, Findings> reference, Lane lane, Contender.Check check) {
    Contender.Check expected = reference.getValue().check.orElseThrow();
    double largest = 0;
    for (double v : expected.outputs()) {
      largest = Math.max(largest, Math.abs(v));
    }
    double outputs = difference(expected.outputs(), check.outputs()) / largest;
    double losses = 0;
    for (int i = 0; i < expected.losses().length; i++) {
      double off = Math.abs(expected.losses()[i] - check.losses()[i]);
      losses = Math.max(losses, off / Math.abs(expected.losses()[i]));
    }
    double tolerance = TOLERANCE.get(lane.precision());
    return new SpeedResult.Agreement(
        reference.getKey().label(), outputs, losses, outputs <= tolerance && losses <= tolerance);
  }

  private static double difference(double[] a, double[] b) {
    double most = a.length == b.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }
}
