import type { FlowChange } from '../simulate/network/flow-diff';
import { columns } from './columns';
import { csvCell, markdownTable } from './flow-tables';
import { policiesText, portText } from './flows';
import { count } from './show';

const KINDS = ['opens', 'may open', 'closes', 'may close'] as const satisfies readonly FlowChange['does'][];
const HEADER = ['change', 'from', 'to', 'before', 'after', 'because of'];

/** Every form in which `strata flows diff` prints changes. */
export const flowChangeFormats = {
  text: (changes) => changesText(changes).join('\n'),
  json: (changes) => JSON.stringify({ changes }, null, 2),
  csv: (changes) => [HEADER, ...changes.map(cellsOf)].map((row) => row.map(csvCell).join(',')).join('\n'),
  markdown: (changes) => markdownTable(HEADER, changes.map(cellsOf)),
} as const satisfies Record<string, (changes: readonly FlowChange[]) => string>;

function changesText(changes: readonly FlowChange[]): string[] {
  const groups = KINDS.map((does) => ({ does, own: changes.filter((change) => change.does === does) })).filter(
    ({ own }) => own.length > 0,
  );
  return [
    ...groups.flatMap(({ does, own }) => [
      does,
      ...columns(own.map(({ flow }) => ['', flow.from, `to ${flow.to} ${portText(flow)}`, policiesText(flow)])).map(
        (line) => line.trimEnd(),
      ),
      '',
    ]),
    groups.length === 0
      ? 'no connection opens or closes'
      : groups
          .map(({ does, own }) => `${count(own.length, 'flow')} ${own.length === 1 ? does : does.replace(/s$/, '')}`)
          .join(', '),
  ];
}

function cellsOf({ does, flow, before, after }: FlowChange): string[] {
  return [
    does,
    flow.from,
    `${flow.to} ${portText(flow)}`,
    before ?? 'not there',
    after ?? 'not there',
    policiesText(flow),
  ];
}
