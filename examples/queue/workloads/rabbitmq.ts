import type { Platform } from 'strata';
import { ExpectedSecret, FromYaml, patch } from 'strata';

export const USER = 'jobs';

/** The vendor's RabbitMQ: with a user of ours, without root, and scraped. */
export function rabbitmq(platform: Platform) {
  const component = platform.component('rabbitmq');
  const { namespace } = platform;
  const keys = { password: { format: 'any text', make: 'openssl rand -hex 16' } };
  const user = new ExpectedSecret(component, 'rabbitmq-user', { namespace, source: platform.credentials('1'), keys });
  const env = [
    { name: 'RABBITMQ_DEFAULT_USER', value: USER },
    { name: 'RABBITMQ_DEFAULT_PASS', valueFrom: { secretKeyRef: { name: user.name, key: 'password' } } },
  ];
  const restricted = {
    securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      { name: 'rabbitmq', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ],
  };
  const input = new FromYaml(component, 'vendor', {
    path: 'vendor/rabbitmq',
    namespace,
    patches: [
      patch(
        'StatefulSet/rabbitmq',
        { spec: { template: { spec: { containers: [{ name: 'rabbitmq', env }] } } } },
        'its user',
      ),
      patch('StatefulSet/rabbitmq', { spec: { template: { spec: restricted } } }, 'its namespace enforces restricted'),
    ],
  });
  const workload = input.workload('StatefulSet/rabbitmq');
  workload.servesMetrics('metrics');
  return { port: workload.port('stomp'), user };
}
