import type { Json, Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import { authorizationPolicyProblems } from './authorization-policy';
import { destinationRuleProblems } from './destination-rule';
import { gatewayProblems } from './gateway';
import { peerAuthenticationProblems } from './peer-authentication';
import type { IstioProblem } from './problem';
import { virtualServiceProblems } from './virtual-service';

type Judge = (spec: Json, name: string, namespace: string) => Iterable<IstioProblem>;

const KINDS: Readonly<Record<string, Judge>> = {
  'networking.istio.io/VirtualService': (spec, _, namespace) => virtualServiceProblems(spec, namespace),
  'networking.istio.io/DestinationRule': (spec, _, namespace) => destinationRuleProblems(spec, namespace),
  'networking.istio.io/Gateway': (spec, name) => gatewayProblems(spec, name),
  'security.istio.io/AuthorizationPolicy': authorizationPolicyProblems,
  'security.istio.io/PeerAuthentication': peerAuthenticationProblems,
};

/**
 * Why Istio refuses an object: its webhook when the object is written, and istiod, which leaves it out, where there is no webhook. Source:
 * pkg/config/validation of Istio 1.31. Whether objects that it names exist is not looked at, nor the type of any value.
 */
export function istioProblems({ group, kind, name, object }: Resource, namespace: string): IstioProblem[] {
  const judge = KINDS[`${group}/${kind}`];
  return judge ? [...judge(record(object['spec']) ?? {}, name, namespace)] : [];
}
