/** The SDK of Ringdown: {@link dev.ringdown.Client} speaks to a server, {@link dev.ringdown.FlowBuilder} makes flows. */
package dev.ringdown;
