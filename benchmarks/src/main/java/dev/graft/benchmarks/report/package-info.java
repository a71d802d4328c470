/** What a suite found, as HTML, Markdown and JSON. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.report;
