/** A catalogue of random nodes, one generator or more for every row of the operator table. */
@org.jspecify.annotations.NullMarked
package dev.graft.testkit.cases;
