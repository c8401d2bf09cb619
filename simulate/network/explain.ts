import type { Passage, Reach } from './reach';

/** Why a connection does not pass, for messages: which end holds it back, and by which policies. */
export function whyNot({ egress, ingress }: Reach, from: string, to: string): string {
  const parts: string[] = [];
  if (egress.verdict !== 'allowed') parts.push(side(egress, from, 'send'));
  if (ingress.verdict !== 'allowed') parts.push(side(ingress, to, 'receive'));
  return parts.join(', and ') || 'policies of another API decide';
}

function side({ verdict, by }: Passage, who: string, does: 'send' | 'receive'): string {
  const names = `${by.length > 1 ? 'policies' : 'policy'} ${by.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}`;
  if (verdict === 'unknown')
    return `whether ${who} may ${does} it depends on what ${names} ${by.length > 1 ? 'select' : 'selects'}`;
  return `${who} may ${does} only what is allowed (${names}), and no rule allows this`;
}
