export type Log = (event: string, details?: Readonly<Record<string, unknown>>) => void;

/** One JSON line per event on stdout, where the node's log collector picks it up. */
export function jsonLog(service: string): Log {
  return (event, details) => {
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), service, event, ...details })}\n`);
  };
}
