/** The SDK of Ringdown: {@link dev.ringdown.Client} calls a server, {@link dev.ringdown.FlowBuilder} builds flows. */
package dev.ringdown;
