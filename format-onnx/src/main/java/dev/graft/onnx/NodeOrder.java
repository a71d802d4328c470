package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.graft.onnx.FunctionInliner.SourceNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Puts nodes after those they depend on, which hand-made files do not always do. */
final class NodeOrder {
  private NodeOrder() {}

  /** A sorted file keeps its order. Nodes on a cycle are reported and left out. */
  static List<SourceNode> sorted(List<SourceNode> nodes, Problems problems) {
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).proto().getOutputList()) {
        producers.putIfAbsent(output, i);
      }
    }
    producers.remove("");
    List<List<Integer>> consumers = new ArrayList<>();
    nodes.forEach(n -> consumers.add(new ArrayList<>()));
    int[] waitingFor = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      Set<String> reads = new HashSet<>();
      collectReads(nodes.get(i).proto(), reads);
      for (String read : reads) {
        Integer producer = producers.get(read);
        if (producer != null) {
          consumers.get(producer).add(i);
          waitingFor[i]++;
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>(Comparator.naturalOrder());
    for (int i = 0; i < waitingFor.length; i++) {
      if (waitingFor[i] == 0) {
        ready.add(i);
      }
    }
    List<SourceNode> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      sorted.add(nodes.get(next));
      for (int consumer : consumers.get(next)) {
        if (--waitingFor[consumer] == 0) {
          ready.add(consumer);
        }
      }
    }
    for (int i = 0; i < waitingFor.length; i++) {
      if (waitingFor[i] > 0) {
        problems.add("it depends on itself", OnnxNode.name(nodes.get(i).proto()));
      }
    }
    return sorted;
  }

  /** Also what a node's subgraphs read from outside. */
  private static void collectReads(NodeProto node, Set<String> reads) {
    reads.addAll(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        attribute.getG().getNodeList().forEach(n -> collectReads(n, reads));
        attribute.getG().getOutputList().forEach(o -> reads.add(o.getName()));
      }
    }
  }
}
