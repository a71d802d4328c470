package dev.graft.cli;

import dev.graft.backend.Availability;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graft doctor}. */
@Command(
    name = "doctor",
    description = "Checks engines, native libraries, class path and disk, and says what to mend.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  /** Unpacking the largest engine takes about this much. */
  private static final long ENOUGH_DISK = 1L << 30;

  /** {@code name-1.2.3-classifier.jar}. */
  private static final Pattern JAR =
      Pattern.compile("(.+?)-(\\d[^/]*?)(-linux.*|-macosx.*)?\\.jar");

  @Spec private CommandSpec spec;
  private final List<String> advice = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    machine(out);
    boolean works = engines(out);
    libraries(out);
    openMp(out);
    classPath(out);
    out.println("What to do");
    if (advice.isEmpty()) {
      out.println("  nothing: all is well");
    }
    advice.forEach(a -> out.println("  " + a));
    out.flush();
    return works ? 0 : 1;
  }

  private static void machine(PrintWriter out) {
    Runtime runtime = Runtime.getRuntime();
    out.println("Machine");
    out.printf("  java        %s (%s)%n", Runtime.version(), System.getProperty("java.vendor"));
    out.printf(
        "  system      %s %s%n", System.getProperty("os.name"), System.getProperty("os.arch"));
    out.printf("  processors  %d%n", runtime.availableProcessors());
    out.printf("  heap        at most %d MiB%n", runtime.maxMemory() >> 20);
  }

  /** Opens each engine and lets it add two numbers; false if none can. */
  private boolean engines(PrintWriter out) {
    out.println("Engines");
    boolean any = false;
    for (BackendProvider provider : Backends.discover().providers()) {
      Availability a = provider.availability();
      String state;
      try {
        state = a.isAvailable() ? tryOut(provider) : "not available";
        any |= a.isAvailable();
      } catch (RuntimeException | LinkageError e) {
        state = "FAILED: " + e.getMessage();
        advice.add(provider.name() + " does not open: " + e.getMessage());
      }
      out.printf("  %-12s %s %s%n", provider.name(), state, new TreeMap<>(a.versions()));
      if (a.isAvailable()) {
        a.problem().ifPresent(p -> out.printf("  %-12s %s%n", "", p));
      } else {
        a.problem().ifPresent(p -> advice.add(provider.name() + ": " + p));
      }
    }
    if (!any) {
      advice.add(
          "no engine can run; add dev.graft:graft-backend-onnx, -djl or -tensorflow to the class"
              + " path");
    }
    return any;
  }

  private static String tryOut(BackendProvider provider) {
    GraphBuilder g = new GraphBuilder();
    var x = g.input("x", TensorType.of(DType.FLOAT32, 2));
    Graph graph = g.output(x.add(x), "y").build();
    long start = System.nanoTime();
    try (Backend backend = provider.open(Device.CPU, BackendOptions.DEFAULT);
        Program program = backend.compile(graph, ParameterStore.EMPTY, CompileOptions.INFERENCE)) {
      HostTensor y = program.runToHost(Map.of("x", HostTensor.of(new float[] {1, 2}, 2))).get("y");
      long millis = (System.nanoTime() - start) / 1_000_000;
      return y.getDouble(1) == 4 ? "works (opened in " + millis + " ms)" : "COMPUTES WRONGLY " + y;
    }
  }

  /** Where native libraries are unpacked, how large that is, and what room there is. */
  private void libraries(PrintWriter out) throws IOException {
    out.println("Native libraries");
    Path home = Path.of(System.getProperty("user.home"));
    Map<String, Path> places = new TreeMap<>();
    places.put("PyTorch", home.resolve(".djl.ai").resolve("pytorch"));
    places.put(
        "TensorFlow",
        Path.of(
            System.getProperty(
                "org.bytedeco.javacpp.cachedir",
                home.resolve(".javacpp").resolve("cache").toString())));
    places.put("ONNX Runtime", Path.of(System.getProperty("java.io.tmpdir")));
    for (Map.Entry<String, Path> place : places.entrySet()) {
      Path folder = place.getValue();
      long free = existing(folder).toFile().getUsableSpace();
      boolean temporary = place.getKey().equals("ONNX Runtime");
      String size =
          temporary
              ? "unpacked at each start"
              : Files.isDirectory(folder) ? (size(folder) >> 20) + " MiB" : "not unpacked yet";
      out.printf("  %-12s %s: %s, %d MiB free%n", place.getKey(), folder, size, free >> 20);
      if (free < ENOUGH_DISK) {
        advice.add(
            "less than 1 GiB is free at "
                + folder
                + ", where "
                + place.getKey()
                + " unpacks its libraries; free some, or move it (-Djava.io.tmpdir,"
                + " -Dorg.bytedeco.javacpp.cachedir, DJL_CACHE_DIR)");
      }
    }
  }

  private static Path existing(Path folder) {
    Path p = folder.toAbsolutePath();
    while (!Files.exists(p) && p.getParent() != null) {
      p = p.getParent();
    }
    return p;
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toFile).mapToLong(File::length).sum();
    }
  }

  private void openMp(PrintWriter out) throws IOException {
    out.println("OpenMP");
    Path maps = Path.of("/proc/self/maps");
    if (Files.isReadable(maps)) {
      TreeSet<String> loaded = new TreeSet<>();
      for (String line : Files.readAllLines(maps)) {
        String file = line.substring(line.lastIndexOf('/') + 1);
        if (file.matches("lib(g|i|)omp.*\\.so.*")) {
          loaded.add(file);
        }
      }
      out.println("  loaded      " + (loaded.isEmpty() ? "none" : String.join(", ", loaded)));
      if (loaded.size() > 1) {
        advice.add(
            "several OpenMP libraries are in this process "
                + loaded
                + "; if threads fight, set OMP_NUM_THREADS or use one engine per process");
      }
    }
    String threads = System.getenv("OMP_NUM_THREADS");
    out.println("  OMP_NUM_THREADS " + (threads == null ? "is not set" : threads));
  }

  /** Libraries that are there in more than one version. */
  private void classPath(PrintWriter out) {
    Map<String, TreeSet<String>> versions = new TreeMap<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Matcher jar = JAR.matcher(new File(entry).getName());
      if (jar.matches()) {
        versions.computeIfAbsent(jar.group(1), k -> new TreeSet<>()).add(jar.group(2));
      }
    }
    out.println("Class path");
    long twice = 0;
    for (Map.Entry<String, TreeSet<String>> e : versions.entrySet()) {
      if (e.getValue().size() > 1) {
        twice++;
        advice.add(e.getKey() + " is on the class path in versions " + e.getValue() + "; keep one");
      }
    }
    if (versions.containsKey("onnxruntime") && versions.containsKey("onnxruntime_gpu")) {
      twice++;
      advice.add("onnxruntime and onnxruntime_gpu are both on the class path; keep one");
    }
    out.printf("  %d libraries, %d conflicts%n", versions.size(), twice);
  }
}
