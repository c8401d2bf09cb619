import type { Flow } from '../simulate/network/flows';
import { policiesText, portText } from './flows';

const COLORS = { allowed: '#2da44e', denied: '#cf222e', unknown: '#bf8700', none: '#eaeef2' } as const;
const SIGNS = { allowed: '✓', denied: '×', unknown: '?', none: '' } as const;
const CELL = 28;
const LETTER = 7;

/** A picture without any program to draw it: who connects in rows, ports of destinations in columns. */
export function flowsSvg(flows: readonly Flow[]): string {
  const rows = [...new Set(flows.map(({ from }) => from))];
  const columns = [...new Set(flows.map(columnOf))];
  const cells = new Map(flows.map((flow) => [JSON.stringify([flow.from, columnOf(flow)]), flow]));
  const left = 16 + LETTER * Math.max(0, ...rows.map(({ length }) => length));
  const top = 16 + LETTER * Math.max(0, ...columns.map(({ length }) => length));
  const [width, height] = [left + CELL * columns.length + 16, top + CELL * rows.length + 40];
  const text = (x: number, y: number, content: string, more = '') =>
    `<text x="${x}" y="${y}"${more}>${xml(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...columns.map((column, j) => {
      const x = left + CELL * j + CELL / 2 + 4;
      return text(x, top - 8, column, ` transform="rotate(-90 ${x} ${top - 8})"`);
    }),
    ...rows.flatMap((row, i) => [
      text(left - 8, top + CELL * i + CELL / 2 + 4, row, ' text-anchor="end"'),
      ...columns.map((column, j) => cell(left + CELL * j, top + CELL * i, cells.get(JSON.stringify([row, column])))),
    ]),
    text(8, height - 12, '✓ allowed   × denied   ? unknown'),
    '</svg>',
  ].join('\n');
}

function columnOf(flow: Flow): string {
  return `${flow.to} ${portText(flow)}`;
}

function cell(x: number, y: number, flow: Flow | undefined): string {
  const verdict = flow?.verdict ?? 'none';
  const title = flow
    ? `<title>${xml(`${flow.from} → ${columnOf(flow)}: ${verdict}, ${policiesText(flow)}`)}</title>`
    : '';
  const sign = `<text x="${x + CELL / 2}" y="${y + CELL / 2 + 4}" fill="#ffffff" text-anchor="middle">${SIGNS[verdict]}</text>`;
  return `<g>${title}<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="3" fill="${COLORS[verdict]}"/>${sign}</g>`;
}

function xml(text: string): string {
  const legal = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return legal.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
