import { UptimeKuma, uptimeKumaSettings } from '../../constructs/monitoring/uptime-kuma';
import { feature } from '../feature';

export const uptimeKuma = feature('uptime-kuma', {
  group: 'monitoring',
  summary: 'a status page that watches what people reach',
  settings: uptimeKumaSettings,
  needs: ['volumes'],
  excludes: [
    {
      what: 'prod',
      why: 'its page has no access control of its own before somebody sets one up',
    },
  ],
  apply: (context, { volume }) => {
    const { target, publicPorts } = context;
    const component = context.component('uptime-kuma');
    const namespace = context.addNamespace(component, `${context.namespace.name}-status`, 'restricted');
    const { storage, domain } = target.cluster;
    const kuma = new UptimeKuma(component, 'uptime-kuma', { namespace, watches: publicPorts, storage, volume });
    context.expose(kuma.port('http'), `${namespace.name}.${domain}`, ['/*']);
  },
});
