import type { Flow } from '../simulate/network/flows';
import { columns } from './columns';
import { count } from './show';

/** A block for each port, a line for each peer that may try to connect. */
export function flowsText(flows: readonly Flow[]): string[] {
  const ports = new Map<string, Flow[]>();
  for (const flow of flows) {
    const key = `${flow.to} ${flow.port}/${flow.protocol}${flow.portName === undefined ? '' : ` (${flow.portName})`}`;
    ports.set(key, [...(ports.get(key) ?? []), flow]);
  }
  const verdicts = (['allowed', 'denied', 'unknown'] as const).map(
    (verdict) => `${flows.filter((flow) => flow.verdict === verdict).length} ${verdict}`,
  );
  return [
    ...[...ports].flatMap(([port, group]) => [
      port,
      ...columns(group.map((flow) => ['', flow.verdict, flow.from, because(flow)])).map((line) => line.trimEnd()),
      '',
    ]),
    `${count(ports.size, 'port')}, ${count(flows.length, 'flow')}: ${verdicts.join(', ')}`,
  ];
}

function because({ egress, ingress }: Flow): string {
  return (
    [egress.length > 0 ? `egress ${egress.join(', ')}` : '', ingress.length > 0 ? `ingress ${ingress.join(', ')}` : '']
      .filter(Boolean)
      .join('; ') || 'no policy'
  );
}
