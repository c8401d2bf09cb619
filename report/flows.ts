import type { Flow } from '../simulate/network/flows';
import { columns } from './columns';
import { count } from './show';

const VERDICTS = ['allowed', 'denied', 'unknown'] as const satisfies readonly Flow['verdict'][];

/** A block for each port, a line for each peer that may try to connect. */
export function flowsText(flows: readonly Flow[]): string[] {
  const ports = flowsByPort(flows);
  const verdicts = VERDICTS.map((verdict) => `${flows.filter((flow) => flow.verdict === verdict).length} ${verdict}`);
  return [
    ...[...ports].flatMap(([port, group]) => [
      port,
      ...columns(group.map((flow) => ['', flow.verdict, flow.from, policiesText(flow)])).map((line) => line.trimEnd()),
      '',
    ]),
    `${count(ports.size, 'port')}, ${count(flows.length, 'flow')}: ${verdicts.join(', ')}`,
  ];
}

/** The flows by destination and port, as a heading says it. */
export function flowsByPort(flows: readonly Flow[]): ReadonlyMap<string, readonly Flow[]> {
  const ports = new Map<string, Flow[]>();
  for (const flow of flows) {
    const key = `${flow.to} ${portText(flow)}${flow.portName === undefined ? '' : ` (${flow.portName})`}`;
    const group = ports.get(key);
    if (group) group.push(flow);
    else ports.set(key, [flow]);
  }
  return ports;
}

/** `8080/TCP`, `8000-9000/TCP`, `any port`, `any port/UDP`. */
export function portText({ port, endPort, protocol }: Flow): string {
  if (port === 'any') return protocol === 'any' ? 'any port' : `any port/${protocol}`;
  return `${endPort === undefined ? port : `${port}-${endPort}`}/${protocol}`;
}

/** The policies behind a verdict. */
export function policiesText({ egress, ingress }: Flow): string {
  return (
    [egress.length > 0 ? `egress ${egress.join(', ')}` : '', ingress.length > 0 ? `ingress ${ingress.join(', ')}` : '']
      .filter(Boolean)
      .join('; ') || 'no policy'
  );
}
