import type { Flow } from '../simulate/network/flows';
import { flowsDot, flowsMermaid } from './flow-graphs';
import { flowsSvg } from './flow-picture';
import { flowsCsv, flowsMarkdown } from './flow-tables';
import { flowsText } from './flows';

/** Every form in which `strata flows` prints a list of flows. */
export const flowFormats = {
  text: (flows) => flowsText(flows).join('\n'),
  json: (flows) => JSON.stringify({ flows }, null, 2),
  csv: flowsCsv,
  markdown: flowsMarkdown,
  dot: flowsDot,
  mermaid: flowsMermaid,
  svg: flowsSvg,
} as const satisfies Record<string, (flows: readonly Flow[]) => string>;

export type FlowFormat = keyof typeof flowFormats;
