import type { Passage } from './passage';
import type { Decider } from './policy';
import type { Reach } from './reach';

/** Why a connection does not pass, for messages: which end holds it back, and by which policies. */
export function whyNot({ egress, ingress }: Reach, from: string, to: string): string {
  const parts: string[] = [];
  if (egress.verdict !== 'allowed') parts.push(side(egress, from, 'send'));
  if (ingress.verdict !== 'allowed') parts.push(side(ingress, to, 'receive'));
  return parts.join(', and ') || 'policies of another API decide';
}

function side({ verdict, by, why }: Passage, who: string, does: 'send' | 'receive'): string {
  const names = `${by.length > 1 ? 'policies' : 'policy'} ${by.map(deciderName).join(', ')}`;
  if (why === 'other-network') return `${by.map(deciderName).join(', ')} puts ${who} into another network`;
  if (verdict === 'unknown')
    return `whether ${who} may ${does} it depends on what ${names} ${by.length > 1 ? 'select' : 'selects'}`;
  if (why === 'denied-by-policy') return `${names} ${by.length > 1 ? 'deny' : 'denies'} that ${who} ${does}s this`;
  return `${who} may ${does} only what is allowed (${names}), and no rule allows this`;
}

/** `shop/web`; the kind too where it is no NetworkPolicy. */
export function deciderName({ kind, namespace, name }: Decider): string {
  const id = namespace === '' ? name : `${namespace}/${name}`;
  return kind === 'NetworkPolicy' ? id : `${kind}/${id}`;
}
