import { string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { gatewaysOf } from '../../../world/listeners';
import { check } from '../../check';
import { respelt } from '../../respelt';

const gateway = (className: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec: { gatewayClassName: ${className}, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`;

export default check({
  id: 'gatewayclass-exists',
  group: 'references',
  description: 'the GatewayClass of a Gateway exists in the cluster',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/gatewayclass/',
  fix: "set spec.gatewayClassName to one of the cluster's GatewayClasses",
  example: {
    broken: gateway('envoy'),
    fails: ['Gateway/gateways/public spec.gatewayClassName'],
    fixed: gateway('traefik'),
    facts: `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: traefik }
spec: { controllerName: traefik.io/gateway-controller }
`,
  },
  *judge(world) {
    const names = world.namesOf('GatewayClass', '');
    for (const gateway of gatewaysOf(world)) {
      const className = string(gateway.at(['spec', 'gatewayClassName']));
      if (className === undefined) continue;
      const found = world.find('GatewayClass', '', className);
      if (found.is === 'present') continue;
      const at = { resource: gateway, path: ['spec', 'gatewayClassName'], value: className };
      if (found.is === 'absent')
        yield {
          ...at,
          message: `the cluster has no GatewayClass ${className} (it has: ${names.join(', ') || 'none'}), so no controller programs this Gateway${near(className, names)}`,
          ...respelt(className, names),
        };
      else
        yield {
          ...at,
          verdict: 'unknown',
          message: `whether the cluster has a GatewayClass ${className} is not known; give the cluster's GatewayClasses (kubectl get gatewayclasses -o yaml)`,
        };
    }
  },
});
