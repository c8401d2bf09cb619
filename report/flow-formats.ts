import type { Flow } from '../simulate/network/flows';
import { flowsDot, flowsMermaid } from './flow-graphs';
import { flowsSvg } from './flow-picture';
import { flowSetsCsv, flowsCsv, flowsMarkdown } from './flow-tables';
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

/** The flows of one of several sets of manifests, which are never in a cluster together. */
export interface FlowSet {
  readonly name: string;
  readonly flows: readonly Flow[];
}

/** The forms that can hold several sets; a picture shows one. */
export const flowSetFormats: Partial<Record<FlowFormat, (sets: readonly FlowSet[]) => string>> = {
  text: (sets) => sets.map(({ name, flows }) => [`${name}:`, ...flowsText(flows)].join('\n')).join('\n\n'),
  json: (sets) => JSON.stringify({ sets }, null, 2),
  csv: (sets) => flowSetsCsv(sets),
  markdown: (sets) => sets.map(({ name, flows }) => `### ${name}\n\n${flowsMarkdown(flows)}`).join('\n\n'),
};
