@org.jspecify.annotations.NullMarked
package dev.graft.testkit.reference;
