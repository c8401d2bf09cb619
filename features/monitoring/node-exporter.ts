import { NodeExporter, nodeExporterSettings } from '../../constructs/monitoring/node-exporter';
import { feature } from '../feature';

export const nodeExporter = feature('node-exporter', {
  group: 'monitoring',
  summary: 'what each node says of its CPUs, memory, disks and network, and what has to be watched of them',
  settings: nodeExporterSettings,
  needs: ['privileged-namespaces'],
  apply: (context, settings) => {
    const component = context.component('node-exporter');
    const namespace = context.addNamespace(component, `${context.namespace.name}-nodes`, 'privileged');
    new NodeExporter(component, 'node-exporter', { namespace, ...settings });
  },
});
