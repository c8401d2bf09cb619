import { UptimeKuma } from '../../constructs/monitoring/uptime-kuma';
import type { Bytes } from '../../model/quantity';
import { feature } from '../feature';

export const uptimeKuma = feature('uptime-kuma', {
  group: 'monitoring',
  summary: 'a status page that watches the web app',
  defaults: {
    /** Size of the volume for its database. */
    volume: '1Gi' as Bytes,
  },
  needs: ['volumes', 'baseline-namespaces'],
  excludes: [
    {
      what: 'prod',
      why: 'its page has no access control of its own before somebody sets one up, and it runs as root at start',
    },
  ],
  apply: (platform, { volume }) => {
    const { target, web } = platform;
    const component = platform.component('uptime-kuma');
    const namespace = platform.addNamespace(component, `${target.namespace}-status`, 'baseline');
    const kuma = new UptimeKuma(component, 'uptime-kuma', {
      namespace,
      watches: [web.port],
      storage: target.cluster.storage,
      volume,
    });
    platform.route(kuma.port, `${namespace.name}.${target.cluster.domain}`, ['/*']);
  },
});
