import type { JudgedLink } from '../checks/judged-chain';
import { linksIn } from '../checks/judged-chain';

/** Every form in which `strata chain` prints. */
export const chainFormats = {
  text: (links) => {
    const told = new Set<string>();
    return [...links.flatMap((link) => lines(link, 0, told)), '', summary(links)].join('\n');
  },
  json: (links) => JSON.stringify({ chains: links }, null, 2),
  markdown: (links) => [...links.flatMap((link) => items(link, 0)), '', summary(links)].join('\n'),
} as const satisfies Record<string, (links: readonly JudgedLink[]) => string>;

export type ChainFormat = keyof typeof chainFormats;

const MARKS = { holds: '', breaks: 'BREAKS ', unknown: '? ' } as const;

/** What was told already, with all that it hangs on, is not told again. */
function lines(link: JudgedLink, depth: number, told: Set<string>): string[] {
  const key = `${link.text}${placeText(link)}`;
  const isTold = link.links.length > 0 && told.has(key);
  told.add(key);
  const indent = '  '.repeat(depth);
  return [
    `${indent}${MARKS[link.state]}${key}${isTold ? ': as above' : ''}`,
    ...link.reasons.map((reason) => `${indent}    ${reason}`),
    ...(isTold ? [] : link.links.flatMap((each) => lines(each, depth + 1, told))),
  ];
}

function items(link: JudgedLink, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const mark = { holds: '', breaks: '**breaks** ', unknown: '**not known** ' }[link.state];
  const place = link.file === undefined ? '' : ` (\`${link.file}:${link.line}\`)`;
  return [
    `${indent}- ${mark}${link.text}${place}${link.reasons.map((reason) => `: ${reason}`).join('')}`,
    ...link.links.flatMap((each) => items(each, depth + 1)),
  ];
}

function placeText({ file, line }: JudgedLink): string {
  return file === undefined ? '' : `  (${file}:${line})`;
}

function summary(links: readonly JudgedLink[]): string {
  const all = [...linksIn(links)];
  const count = (state: JudgedLink['state']) => all.filter((link) => link.state === state).length;
  return `${all.length} links: ${count('breaks')} break, ${count('unknown')} are not known`;
}
