import type { Node } from '@babel/types';
import { isFunction, syntaxOf, walk } from './syntax';

/** A file whose statements say that they ran, by `__ran[id] = 1`. */
export interface Probed {
  readonly text: string;
  /** The innermost statement around each place, innermost last. Code outside of all of them runs when the file is loaded. */
  readonly probes: readonly { readonly id: number; readonly start: number; readonly end: number }[];
}

/** Puts a probe into every statement of every function; ids count on from `first`. */
export function probed(text: string, first: number): Probed {
  const probes: { id: number; start: number; end: number }[] = [];
  const opens: { at: number; text: string }[] = [];
  const closes: { at: number; text: string }[] = [];
  const add = (node: Node, open: (ran: string) => string, close: string) => {
    const id = first + probes.length;
    probes.push({ id, start: node.start!, end: node.end! });
    opens.push({ at: node.start!, text: open(`__ran[${id}]=1`) });
    return close;
  };
  const pending = new Map<Node, string>();
  walk(
    syntaxOf(text),
    ({ node, ancestors }) => {
      const parent = ancestors.at(-1);
      if (!parent || !ancestors.some(isFunction)) return undefined;
      if (isListed(node, parent)) add(node, (ran) => `${ran};`, '');
      else if (isBare(node, parent))
        pending.set(
          node,
          add(node, (ran) => `{${ran};`, '}'),
        );
      else if (parent.type === 'ArrowFunctionExpression' && parent.body === node && node.type !== 'BlockStatement')
        pending.set(
          node,
          add(node, (ran) => `(${ran},`, ')'),
        );
      return undefined;
    },
    ({ node }) => {
      const close = pending.get(node);
      if (close) closes.push({ at: node.end!, text: close });
    },
  );
  // Where one ends as the next one begins, the end comes first; both lists are in the order of nesting.
  const insertions = [...closes, ...opens].sort((a, b) => a.at - b.at);
  let at = 0;
  let result = '';
  for (const insertion of insertions) {
    result += text.slice(at, insertion.at) + insertion.text;
    at = insertion.at;
  }
  return { text: result + text.slice(at), probes };
}

/** The probe of the innermost statement around a place. */
export function probeAround({ probes }: Probed, start: number, end: number): number | undefined {
  return probes.filter((probe) => probe.start <= start && end <= probe.end).at(-1)?.id;
}

function isListed(node: Node, parent: Node): boolean {
  if (parent.type === 'BlockStatement') return (parent.body as Node[]).includes(node);
  return parent.type === 'SwitchCase' && (parent.consequent as Node[]).includes(node);
}

/** A statement without braces after `if`, `else`, `for`, `while`. */
function isBare(node: Node, parent: Node): boolean {
  if (node.type === 'BlockStatement') return false;
  if (parent.type === 'IfStatement') return parent.consequent === node || parent.alternate === node;
  return /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(parent.type) && 'body' in parent && parent.body === node;
}
