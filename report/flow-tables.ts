import type { Flow } from '../simulate/network/flows';
import { policiesText, portText } from './flows';

const HEADER = ['from', 'to', 'port', 'protocol', 'name', 'verdict', 'egress policies', 'ingress policies'];

/** One line for each flow, for spreadsheets (RFC 4180). */
export function flowsCsv(flows: readonly Flow[]): string {
  return csv([HEADER, ...flows.map(cellsOf)]);
}

/** The same of several sets, with the name of the set in front. */
export function flowSetsCsv(sets: readonly { readonly name: string; readonly flows: readonly Flow[] }[]): string {
  return csv([['set', ...HEADER], ...sets.flatMap(({ name, flows }) => flows.map((flow) => [name, ...cellsOf(flow)]))]);
}

function cellsOf({ from, to, port, endPort, protocol, portName, verdict, egress, ingress }: Flow): string[] {
  return [
    ...[from, to, endPort === undefined ? String(port) : `${port}-${endPort}`, protocol, portName ?? '', verdict],
    ...[egress.join(' '), ingress.join(' ')],
  ];
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(csvCell).join(',')).join('\n');
}

export function csvCell(text: string): string {
  // A cell that begins like a formula is one to a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A table for a comment at a pull request. */
export function flowsMarkdown(flows: readonly Flow[]): string {
  return markdownTable(
    ['from', 'to', 'port', 'verdict', 'because of'],
    flows.map((flow) => [flow.from, flow.to, portText(flow), flow.verdict, policiesText(flow)]),
  );
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function markdownCell(text: string): string {
  return text.replace(/[|\\`*_<>[\]]/g, (character) => (character === '_' ? character : `\\${character}`));
}
