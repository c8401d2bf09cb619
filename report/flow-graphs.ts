import type { Flow } from '../simulate/network/flows';
import { portText } from './flows';

/** An arrow for each pair that may connect, with the ports: what is denied is not drawn, what is unknown is dashed. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly string[];
  readonly isCertain: boolean;
}

function arrowsOf(flows: readonly Flow[]): readonly Arrow[] {
  const arrows = new Map<string, { from: string; to: string; ports: string[]; isCertain: boolean }>();
  for (const flow of flows) {
    if (flow.verdict === 'denied') continue;
    const isCertain = flow.verdict === 'allowed';
    const key = JSON.stringify([flow.from, flow.to, isCertain]);
    const arrow = arrows.get(key) ?? { from: flow.from, to: flow.to, ports: [], isCertain };
    arrows.set(key, arrow);
    arrow.ports.push(portText(flow));
  }
  return [...arrows.values()];
}

function endsOf(flows: readonly Flow[]): readonly string[] {
  return [...new Set(flows.flatMap(({ from, to }) => [from, to]))];
}

/** For Graphviz: `dot -Tpng`. */
export function flowsDot(flows: readonly Flow[]): string {
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  return [
    'digraph flows {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...endsOf(flows).map((end) => `  ${quote(end)};`),
    ...arrowsOf(flows).map(
      ({ from, to, ports, isCertain }) =>
        `  ${quote(from)} -> ${quote(to)} [label=${quote(ports.join(', '))}${isCertain ? '' : ', style=dashed'}];`,
    ),
    '}',
  ].join('\n');
}

/** For Markdown that GitHub and GitLab draw. */
export function flowsMermaid(flows: readonly Flow[]): string {
  const ids = new Map(endsOf(flows).map((end, i) => [end, `n${i}`]));
  const quote = (text: string) => `"${text.replace(/["#;]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
  return [
    'flowchart LR',
    ...[...ids].map(([end, id]) => `  ${id}[${quote(end)}]`),
    ...arrowsOf(flows).map(
      ({ from, to, ports, isCertain }) =>
        `  ${ids.get(from)} ${isCertain ? '-->' : '-.->'}|${quote(ports.join(', '))}| ${ids.get(to)}`,
    ),
  ].join('\n');
}
