/**
 * The name of the channel (node:diagnostics_channel) on which it is told that a file or a folder was read for a render. Whoever watches
 * listens there, whatever made the render.
 */
export const INPUT_READ = 'strata:input-read';
